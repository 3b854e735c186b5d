using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class ConnectionStateTests
{
    private const long Wrap = 1L << 38;

    private delegate void Change(ref ConnectionState state);

    [Theory]
    [InlineData(Direction.Ingress)]
    [InlineData(Direction.Egress)]
    public void Create_HasNothingButWhatWasSaid(Direction original)
    {
        ConnectionState state = ConnectionState.Create(ConnectionClass.UdpUnreplied, original, 77);
        Assert.Equal((ConnectionClass.UdpUnreplied, original, true, 23L), (state.Class, state.Original, state.IsLive, state.IdleMilliseconds(100)));
        Assert.Equal((ConnectionState.NoScale, ConnectionState.NoScale, 0), (state.Scale(true), state.Scale(false), state.Retransmissions));
        Assert.False(state.IsRevoked || state.IsReplied || state.IsAssured || state.IsLiberal || state.IsZeroWindow || state.IsLastFromInitiator || state.IsUnacknowledged);
        Assert.Equal(0ul, state.Bits & ConnectionState.LockBit);
    }

    [Fact]
    public void Members_SetAndCleared_LeaveTheOthersAsTheyWere()
    {
        Change[] sets =
        [
            (ref ConnectionState state) => state.IsRevoked = true,
            (ref ConnectionState state) => state.IsReplied = true,
            (ref ConnectionState state) => state.IsAssured = true,
            (ref ConnectionState state) => state.IsLiberal = true,
            (ref ConnectionState state) => state.HasHint = true,
            (ref ConnectionState state) => state.IsZeroWindow = true,
            (ref ConnectionState state) => state.IsLastFromInitiator = true,
            (ref ConnectionState state) => state.SetUnacknowledged(true, true),
            (ref ConnectionState state) => state.SetUnacknowledged(false, true),
            (ref ConnectionState state) => state.Class = ConnectionClass.Other,
            (ref ConnectionState state) => state.Retransmissions = 3,
            (ref ConnectionState state) => state.SetScale(true, 0),
            (ref ConnectionState state) => state.SetScale(false, 0),
            (ref ConnectionState state) => state.Touch(Wrap - 1),
        ];
        Change[] clears =
        [
            (ref ConnectionState state) => state.IsRevoked = false,
            (ref ConnectionState state) => state.IsReplied = false,
            (ref ConnectionState state) => state.IsAssured = false,
            (ref ConnectionState state) => state.IsLiberal = false,
            (ref ConnectionState state) => state.HasHint = false,
            (ref ConnectionState state) => state.IsZeroWindow = false,
            (ref ConnectionState state) => state.IsLastFromInitiator = false,
            (ref ConnectionState state) => state.SetUnacknowledged(true, false),
            (ref ConnectionState state) => state.SetUnacknowledged(false, false),
            (ref ConnectionState state) => state.Class = ConnectionClass.None,
            (ref ConnectionState state) => state.Retransmissions = 0,
            (ref ConnectionState state) => state.SetScale(true, 15),
            (ref ConnectionState state) => state.SetScale(false, 15),
        ];
        ConnectionState nothing = ConnectionState.Create(ConnectionClass.None, Direction.Egress, Wrap / 2);
        ulong all = 0;
        ConnectionState everything = nothing;
        foreach (Change set in sets)
        {
            ConnectionState one = nothing;
            set(ref one);
            set(ref everything);
            ulong changed = one.Bits ^ nothing.Bits;
            Assert.NotEqual(0ul, changed);
            Assert.Equal(0ul, all & changed);
            all |= changed;
        }

        Assert.Equal(nothing.Bits ^ all, everything.Bits);
        Assert.Equal(0ul, all & (ConnectionState.LiveBit | ConnectionState.LockBit));
        for (int i = 0; i < clears.Length; i++)
        {
            ConnectionState one = nothing;
            sets[i](ref one);
            clears[i](ref one);
            Assert.Equal(nothing.Bits, one.Bits);
        }
    }

    [Fact]
    public void Members_Set_ReadAsSet()
    {
        ConnectionState state = ConnectionState.Create(ConnectionClass.None, Direction.Ingress, 0);
        state.Retransmissions = 2;
        state.SetScale(ofInitiator: true, 7);
        state.SetScale(ofInitiator: false, 9);
        state.Class = ConnectionClass.LastAck;
        Assert.Equal((2, 7, 9, ConnectionClass.LastAck), (state.Retransmissions, state.Scale(true), state.Scale(false), state.Class));
        state.IsZeroWindow = true;
        Assert.True(state.IsZeroWindow && !state.IsRevoked && !state.IsUnacknowledged);
        state.SetUnacknowledged(false, true);
        Assert.True(state.IsUnacknowledged);
    }

    [Theory]
    [InlineData(1000, 1000, 0)]
    [InlineData(1000, 1500, 500)]
    [InlineData(1000, 900, 0)]
    [InlineData(Wrap - 10, Wrap + 20, 30)]
    [InlineData(Wrap + 20, Wrap - 10, 0)]
    [InlineData(0, (Wrap / 2) - 1, (Wrap / 2) - 1)]
    [InlineData(0, Wrap / 2, 0)]
    public void IdleMilliseconds_IsASignedDifferenceOf38Bits(long seen, long now, long idle) =>
        Assert.Equal(idle, ConnectionState.Create(ConnectionClass.Other, Direction.Egress, seen).IdleMilliseconds(now));

    [Theory]
    [InlineData(1000, 1500, 2000, 500)]
    [InlineData(1000, 900, 2000, 1000)]
    [InlineData(1000, 1000, 2000, 1000)]
    [InlineData(Wrap - 10, Wrap + 990, Wrap + 1000, 10)]
    public void Touch_MovesForwardOnly(long seen, long touched, long asked, long idle)
    {
        ConnectionState state = ConnectionState.Create(ConnectionClass.Other, Direction.Egress, seen);
        state.Touch(touched);
        Assert.Equal((idle, ConnectionClass.Other, Direction.Egress, true), (state.IdleMilliseconds(asked), state.Class, state.Original, state.IsLive));
    }

    [Fact]
    public void Kill_KeepsWhatItWasAndSaysWhenAndWhy()
    {
        ConnectionState state = ConnectionState.Create(ConnectionClass.Established, Direction.Egress, Wrap - 1);
        state.IsAssured = true;
        state.Kill(ConnectionEnd.Expired, Wrap + 7);
        Assert.Equal((false, ConnectionEnd.Expired, 7L), (state.IsLive, state.End, state.Time));
        Assert.Equal((ConnectionClass.Established, Direction.Egress, true), (state.Class, state.Original, state.IsAssured));
        Assert.Equal(0ul, state.Bits & ConnectionState.LockBit);
    }

    /// <summary>In the order of <see cref="ConnectionRank"/>'s remarks; who is answered or assured is worth more in some classes only.</summary>
    [Fact]
    public void Rank_OfEachClass_IsWhatItCostToMake()
    {
        (ConnectionClass Class, ConnectionRank Plain, ConnectionRank Replied, ConnectionRank Assured)[] rows =
        [
            (ConnectionClass.SynSent, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen),
            (ConnectionClass.SynSent2, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen),
            (ConnectionClass.SynReceived, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen),
            (ConnectionClass.SynReceived2, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen),
            (ConnectionClass.Established, ConnectionRank.HalfOpen, ConnectionRank.HalfOpen, ConnectionRank.Established),
            (ConnectionClass.FinWait, ConnectionRank.Closing, ConnectionRank.Closing, ConnectionRank.Stream),
            (ConnectionClass.CloseWait, ConnectionRank.Closing, ConnectionRank.Closing, ConnectionRank.Stream),
            (ConnectionClass.LastAck, ConnectionRank.Closing, ConnectionRank.Closing, ConnectionRank.Closing),
            (ConnectionClass.TimeWait, ConnectionRank.Closing, ConnectionRank.Closing, ConnectionRank.Closing),
            (ConnectionClass.Close, ConnectionRank.Closing, ConnectionRank.Closing, ConnectionRank.Closing),
            (ConnectionClass.UdpUnreplied, ConnectionRank.Unreplied, ConnectionRank.Unreplied, ConnectionRank.Unreplied),
            (ConnectionClass.UdpStream, ConnectionRank.Stream, ConnectionRank.Stream, ConnectionRank.Stream),
            (ConnectionClass.IcmpQuery, ConnectionRank.Unreplied, ConnectionRank.Unreplied, ConnectionRank.Unreplied),
            (ConnectionClass.SctpOrDccp, ConnectionRank.Unreplied, ConnectionRank.Stream, ConnectionRank.Stream),
            (ConnectionClass.Other, ConnectionRank.Unreplied, ConnectionRank.Stream, ConnectionRank.Stream),
        ];
        foreach ((ConnectionClass kind, ConnectionRank plain, ConnectionRank replied, ConnectionRank assured) in rows)
        {
            ConnectionState state = ConnectionState.Create(kind, Direction.Egress, 0);
            Assert.Equal((kind, plain), (kind, state.Rank));
            state.IsReplied = true;
            Assert.Equal((kind, replied), (kind, state.Rank));
            state.IsAssured = true;
            Assert.Equal((kind, assured), (kind, state.Rank));
            state.IsRevoked = true;
            Assert.Equal((kind, ConnectionRank.Tombstone), (kind, state.Rank));
        }
    }

    [Fact]
    public void IsEvictable_AtOnceOrOnceItFellSilent()
    {
        ConnectionState established = ConnectionState.Create(ConnectionClass.Established, Direction.Egress, 5_000) with { IsReplied = true, IsAssured = true };
        (ConnectionState State, long After)[] rows =
        [
            (ConnectionState.Create(ConnectionClass.SynSent, Direction.Egress, 5_000), 0),
            (ConnectionState.Create(ConnectionClass.UdpUnreplied, Direction.Egress, 5_000), 0),
            (ConnectionState.Create(ConnectionClass.LastAck, Direction.Egress, 5_000), 0),
            (ConnectionState.Create(ConnectionClass.UdpStream, Direction.Egress, 5_000), 30_000),
            (established with { IsRevoked = true }, 1_000_000),
        ];
        foreach ((ConnectionState state, long after) in rows)
        {
            Assert.True(state.IsEvictable(5_000 + after));
            Assert.Equal(after == 0, state.IsEvictable(5_000 + after - 1));
        }

        Assert.False(established.IsEvictable(5_000 + 100_000_000));
    }

    [Fact]
    public void Renew_KeepsDirectionAndTimeAndForgetsTheRest()
    {
        ConnectionState state = ConnectionState.Create(ConnectionClass.Established, Direction.Egress, 5_000) with
        {
            IsReplied = true,
            IsAssured = true,
            IsLiberal = true,
            HasHint = true,
            IsZeroWindow = true,
            IsLastFromInitiator = true,
            Retransmissions = 3,
        };
        state.SetScale(true, 3);
        state.SetScale(false, 4);
        state.SetUnacknowledged(true, true);
        ConnectionState expected = ConnectionState.Create(ConnectionClass.SynSent, Direction.Egress, 5_000);
        Assert.Equal(expected.Bits, state.Renew(ConnectionClass.SynSent).Bits);
        Assert.Equal((ConnectionState.NoScale, ConnectionState.NoScale), (expected.Scale(true), expected.Scale(false)));
    }
}
