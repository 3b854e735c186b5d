using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class TcpHintTests
{
    [Theory]
    [InlineData(ushort.MaxValue, 0)]
    [InlineData(1, 14)]
    [InlineData(0, 7)]
    public void OfSyn_KeepsWhatTheSynSaid(int window, int scale)
    {
        ParsedPacket syn = Syn(window);
        syn.TcpWindowScale = (byte)scale;
        syn.Traits |= PacketTraits.WindowScale | PacketTraits.SackPermitted;
        TcpHint hint = TcpHint.OfSyn(new TcpSegment(syn), mayBeChallenged: false);
        Assert.Equal((8_001u, (uint)window, scale, true, false), (hint.Number, hint.Window, hint.Scale, hint.IsSackPermitted, hint.MayBeChallenged));
    }

    [Fact]
    public void OfSyn_WithoutOptions_OffersNeither()
    {
        ParsedPacket syn = Syn(600);
        syn.TcpWindowScale = 3;
        TcpHint hint = TcpHint.OfSyn(new TcpSegment(syn), mayBeChallenged: true);
        Assert.Equal((8_001u, 600u, ConnectionState.NoScale, false, true), (hint.Number, hint.Window, hint.Scale, hint.IsSackPermitted, hint.MayBeChallenged));
    }

    [Fact]
    public void Challenged_ForgetsThatAndNothingElse()
    {
        ParsedPacket syn = Syn(600);
        syn.Traits |= PacketTraits.SackPermitted;
        TcpHint hint = TcpHint.OfSyn(new TcpSegment(syn), mayBeChallenged: true).Challenged();
        Assert.Equal((8_001u, 600u, ConnectionState.NoScale, true, false), (hint.Number, hint.Window, hint.Scale, hint.IsSackPermitted, hint.MayBeChallenged));
        Assert.Equal(hint.Bits, hint.Challenged().Bits);
    }

    [Theory]
    [InlineData((1UL << 54) - 1, true)]
    [InlineData(1UL << 54, false)]
    [InlineData(ulong.MaxValue, false)]
    [InlineData(0, true)]
    public void IsPossible_HasNoBitAboveTheLast(ulong bits, bool isPossible) => Assert.Equal(isPossible, TcpHint.IsPossible(bits));

    private static ParsedPacket Syn(int window) => new() { Kind = PacketKind.IPv4, Protocol = ProtocolNumbers.Tcp, TcpFlags = TcpFlags.Syn, TcpSequence = 8_000, TcpWindow = (ushort)window };
}
