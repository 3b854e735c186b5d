using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Who goes when there is no room: ranks, caps, quotas, pressure.</summary>
public class EvictionTests
{
    private static readonly ConnectionTrackingOptions s_uncapped = new() { HalfOpenPercentage = 100, UnrepliedPercentage = 100 };

    [Fact]
    public void FullTable_GivesTheLowestRankFirstAndTheEstablishedNever()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 5 });
        Stream(harness, 1);
        harness.Wait(31);
        TcpScript.Run(harness, "E", 2);
        TcpScript.Run(harness, "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | state timeWait", 3);
        harness.SendOut(harness.Out().Tcp(4, 5000, TcpFlags.Syn, 1000));
        harness.SendOut(harness.Out().Udp(5, 53));
        int[] gone = [5, 4, 3, 1];
        for (int i = 0; i < gone.Length; i++)
        {
            Assert.Equal(5, harness.Tracker.Count);
            TcpScript.Run(harness, "E", 100 + i);
            Assert.False(Lives(harness, gone[i]));
            Assert.Equal(i + 1, harness.Tracker.Table.Evicted);
        }

        Assert.True(Lives(harness, 2));
        TcpScript.Run(harness, "out S 1000 => ConnectionTableFull", 200);
        TcpScript.Run(harness, "in A 5001/1001", 2);
    }

    [Theory]
    [InlineData(29.999, false)]
    [InlineData(30, true)]
    public void Stream_GoesOnlyWhenItFellSilent(double seconds, bool goes)
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1 });
        Stream(harness, 1);
        harness.Wait(seconds);
        Expect(harness, goes, Reason.ConnectionTableFull);
    }

    [Theory]
    [InlineData(29.999, false)]
    [InlineData(30, true)]
    public void HalfClosed_GoesOnlyWhenItFellSilent(double seconds, bool goes)
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1 });
        TcpScript.Run(harness, "E | out FA 1001/5001 | in A 5001/1002 | state closeWait");
        harness.Wait(seconds);
        Expect(harness, goes, Reason.ConnectionTableFull);
    }

    [Fact]
    public void ConnectionsWithoutTcp_ThatWereAnswered_AreStreams()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1 });
        harness.SendOut(harness.Out().Sctp(1, 2));
        harness.SendIn(harness.In().Sctp(2, 1));
        Expect(harness, isAllowed: false, Reason.ConnectionTableFull);
        harness.Wait(30);
        Expect(harness, isAllowed: true, Reason.ConnectionTableFull);
    }

    [Fact]
    public void AnsweredQuery_GoesAsIfItWereUnreplied()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1 });
        harness.SendIn(harness.In().Udp(5000, 53));
        harness.SendOut(harness.Out().Udp(53, 5000));
        Expect(harness, isAllowed: true, Reason.ConnectionTableFull);
    }

    [Theory]
    [InlineData(999.999, false)]
    [InlineData(1000, true)]
    public void Tombstone_GoesOnlyWhenBothEndsMustHaveGivenUp(double seconds, bool goes)
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1 });
        TcpScript.Run(harness, "E");
        harness.Rules.Replace((_, key) => key.RemotePort == 53);
        TcpScript.Run(harness, "in A 5001/1001 => PolicyRevoked");
        harness.Wait(seconds);
        Expect(harness, goes, Reason.ConnectionTableFull);
    }

    [Fact]
    public void Handshakes_AboveTheirCap_ReplaceTheOldestHandshake()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 40 });
        for (int port = 1; port <= 10; port++)
        {
            harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000));
            harness.Wait(0.001);
        }

        Assert.True(harness.SendOut(harness.Out().Tcp(11, 5000, TcpFlags.Syn, 1000)).IsAllowed);
        Assert.False(Lives(harness, 1));
        Assert.Equal((10, 10), (harness.Tracker.Count, harness.Tracker.Table.Room.Of(ConnectionRank.HalfOpen)));

        // One of them is established: it counts no longer, and there is room for another handshake.
        TcpScript.Run(harness, "in SA 5000/1001 | out A 1001/5001", 2);
        Assert.True(harness.SendOut(harness.Out().Tcp(12, 5000, TcpFlags.Syn, 1000)).IsAllowed);
        Assert.Equal((11, 10), (harness.Tracker.Count, harness.Tracker.Table.Room.Of(ConnectionRank.HalfOpen)));
        Assert.All(Enumerable.Range(2, 11), port => Assert.True(Lives(harness, port)));
    }

    [Fact]
    public void Datagrams_AboveTheirCap_ReplaceTheOldestAndLeaveHandshakesAlone()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 40 });
        harness.SendOut(harness.Out().Tcp(1, 5000, TcpFlags.Syn, 1000));
        for (int port = 100; port < 200; port++)
        {
            harness.Wait(0.001);
            Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed);
        }

        Assert.Equal((21, 20), (harness.Tracker.Count, harness.Tracker.Table.Room.Of(ConnectionRank.Unreplied)));
        Assert.True(Lives(harness, 1));
        Assert.All(Enumerable.Range(180, 20), port => Assert.Equal(Reason.Established, harness.SendIn(harness.In().Udp(53, port)).Reason));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void PickedUp_AndNotAnswered_CountsAsHalfOpen()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 40, PickUp = PickUp.Loose });
        TcpScript.Run(harness, "out A 1001/5001 => new", 1);
        Assert.Equal(1, harness.Tracker.Table.Room.Of(ConnectionRank.HalfOpen));
        TcpScript.Run(harness, "in A 5001/1001", 1);
        Assert.Equal(0, harness.Tracker.Table.Room.Of(ConnectionRank.HalfOpen));
    }

    [Fact]
    public void HandshakesThatAreNotFound_MakeTheNextOneFailAsExplained()
    {
        // One connection in a hundred is half-open, so some searches are in vain; what is drawn depends on no secret.
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 4_000, HalfOpenPercentage = 1 });
        for (int port = 1; port <= 3_000; port++)
        {
            Handshake(harness, port);
        }

        Dictionary<Reason, int> reasons = [];
        for (int port = 10_001; port <= 11_000; port++)
        {
            byte[] syn = harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000).Build();
            Reason foretold = harness.Send(Direction.Egress, syn, commit: false).Reason;
            Reason reason = harness.Send(Direction.Egress, syn).Reason;
            Assert.Equal(foretold, reason);
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            harness.Wait(0.001);
        }

        Assert.Equal(40, harness.Tracker.Table.Room.Of(ConnectionRank.HalfOpen));
        Assert.Equal([Reason.MatchedRule, Reason.HalfOpenLimit], reasons.Keys);
        Assert.All(reasons.Values, count => Assert.InRange(count, 100, 900));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void Quota_IsKeptByTheNicsOwnConnections()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 10_000 });
        uint other = harness.Zone;
        Assert.All(Enumerable.Range(1, 2_000), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Zone = harness.Tracker.RegisterZone();
        harness.Modes = harness.Modes with { MaxConnections = 3 };
        harness.SendOut(harness.Out().Udp(1, 53));
        TcpScript.Run(harness, "E", 2);
        harness.SendOut(harness.Out().Tcp(3, 5000, TcpFlags.Syn, 1000));
        TcpScript.Run(harness, "E", 4);
        Assert.False(Lives(harness, 1));
        TcpScript.Run(harness, "E", 5);
        Assert.False(Lives(harness, 3));
        TcpScript.Run(harness, "out S 1000 => NicQuota", 6);
        Assert.Equal((3, 2_000), (harness.Tracker.CountOf(harness.Zone), harness.Tracker.CountOf(other)));
        Assert.Equal(2, harness.Tracker.FindZone(harness.Zone)!.Evicted);
        Assert.Equal(0, harness.Tracker.FindZone(other)!.Evicted);
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void Quota_CapsHandshakesAndDatagramsToo()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 10_000 });
        harness.Modes = harness.Modes with { MaxConnections = 40 };
        for (int port = 1; port <= 1_000; port++)
        {
            Assert.True(harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000)).IsAllowed);
            Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed);
            harness.Wait(0.001);
        }

        Zone zone = harness.Tracker.FindZone(harness.Zone)!;
        Assert.Equal((10, 20, 30), (zone.Of(ConnectionRank.HalfOpen), zone.Of(ConnectionRank.Unreplied), zone.Connections));
        Assert.All(Enumerable.Range(991, 10), port => Assert.True(Lives(harness, port)));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    /// <summary>More of them than are looked at for one eviction: those that were heard of go to the end of their list.</summary>
    [Fact]
    public void Quota_DatagramsThatGoOn_OutliveThoseThatDoNot()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 10_000 });
        harness.Modes = harness.Modes with { MaxConnections = 100 };
        int[] going = [.. Enumerable.Range(0, 12).Select(i => 1 + (3 * i))];
        Assert.All(Enumerable.Range(1, 40), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        for (int port = 1_000; port < 1_500; port++)
        {
            harness.Wait(0.01);
            Assert.All(going, port => Assert.Equal(Reason.Established, harness.SendOut(harness.Out().Udp(port, 53)).Reason));
            Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(port, 53)).Reason);
        }
    }

    [Fact]
    public void Quota_OfDatagramsThatAllFellSilent_GivesTheOldestFirst()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 10_000 });
        harness.Modes = harness.Modes with { MaxConnections = 20 };
        for (int port = 1; port <= 20; port++)
        {
            Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed);
            harness.Wait(0.01);
        }

        harness.Wait(5);
        for (int gone = 1; gone <= 20; gone++)
        {
            Assert.True(harness.SendOut(harness.Out().Udp(100 + gone, 53)).IsAllowed);
            Assert.All(Enumerable.Range(1, 20), port => Assert.Equal(port > gone, Lives(harness, port)));
        }
    }

    [Fact]
    public void Quota_ThatComesLater_IsReachedLittleByLittle()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1_000 });
        Assert.All(Enumerable.Range(1, 20), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Modes = harness.Modes with { MaxConnections = 10 };
        for (int port = 21; port <= 40; port++)
        {
            harness.Wait(0.002);
            byte[] packet = harness.Out().Udp(port, 53).Build();
            Assert.Equal(harness.Send(Direction.Egress, packet, commit: false).Reason, harness.Send(Direction.Egress, packet).Reason);
        }

        Assert.Equal(10, harness.Tracker.CountOf(harness.Zone));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    /// <summary>Two established connections are all the quota has room for: however many expired ones go, there is none for a third.</summary>
    [Fact]
    public void Quota_ThatWasLowered_IsNotPaidWithWhatHadExpired()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1_000 });
        harness.Modes = harness.Modes with { MaxConnections = 100 };
        TcpScript.Run(harness, "E", 1);
        TcpScript.Run(harness, "E", 2);
        Assert.All(Enumerable.Range(3, 40), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Modes = harness.Modes with { MaxConnections = 2 };
        harness.Wait(31);
        byte[] packet = harness.Out().Tcp(100, 5000, TcpFlags.Syn, 1000);
        Assert.Equal(Reason.NicQuota, harness.Send(Direction.Egress, packet, commit: false).Reason);
        Assert.Equal(Reason.NicQuota, harness.Send(Direction.Egress, packet).Reason);
        Assert.Equal(2, harness.Tracker.CountOf(harness.Zone));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    /// <summary>More had expired than one newcomer ends: a sweep does, and there is room at once.</summary>
    [Fact]
    public void Quota_ThatWasLowered_BelowManyExpired_HasRoomForANewcomer()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1_000 });
        harness.Modes = harness.Modes with { MaxConnections = 400 };
        Assert.All(Enumerable.Range(1, 300), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Modes = harness.Modes with { MaxConnections = 10 };
        harness.Wait(31);
        byte[] packet = harness.Out().Udp(1_000, 53);
        Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, packet, commit: false).Reason);
        Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, packet).Reason);
        Assert.Equal(1, harness.Tracker.CountOf(harness.Zone));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    /// <summary>Two NICs in a table that is always about to be full: Explain says what happens next.</summary>
    [Theory]
    [InlineData(0, Reason.ConnectionTableFull)]
    [InlineData(10, Reason.NicQuota)]
    public void Foretold_WhereRoomIsScarce_IsWhatHappens(int quota, Reason scarcity)
    {
        HashSet<Reason> seen = [];
        for (int seed = 0; seed < 16; seed++)
        {
            Random random = new(seed);
            TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 24, HalfOpenPercentage = 30, UnrepliedPercentage = 40 });
            uint[] zones = [harness.Zone, harness.Tracker.RegisterZone()];
            for (int i = 0; i < 200; i++)
            {
                harness.Zone = zones[random.Next(zones.Length)];
                harness.Modes = harness.Modes with { MaxConnections = i < 20 ? 0 : quota };
                harness.Wait(random.Next(25) == 0 ? 31 : random.Next(100) / 1000.0);
                seen.Add(SendForetold(harness, random, $"seed {seed}, step {i}"));
            }

            Assert.Null(harness.Tracker.Table.FindDamage());
        }

        Assert.Superset(new HashSet<Reason> { Reason.MatchedRule, Reason.Established, scarcity }, seen);
    }

    /// <summary>Within the quota, above a share of it: those from before the quota make way for newcomers of their kind.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Quota_ThatComesLater_HasItsSharesLittleByLittle(bool halfOpen)
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1_000, HalfOpenPercentage = 25, UnrepliedPercentage = 25 });
        byte[] Packet(int port) => halfOpen ? harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000) : harness.Out().Udp(port, 53);
        Assert.All(Enumerable.Range(1, 20), port => Assert.True(harness.Send(Direction.Egress, Packet(port)).IsAllowed));
        harness.Modes = harness.Modes with { MaxConnections = 40 };

        // One of the other kind, which is the only one in a list so far.
        Assert.True(harness.SendOut(halfOpen ? harness.Out().Udp(99, 53) : harness.Out().Tcp(99, 5000, TcpFlags.Syn, 1000)).IsAllowed);
        for (int port = 21; port <= 40; port++)
        {
            harness.Wait(0.002);
            Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, Packet(port), commit: false).Reason);
            Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, Packet(port)).Reason);
        }

        Assert.True(Lives(harness, 99));
        Assert.Equal(11, harness.Tracker.CountOf(harness.Zone));
        Assert.All(Enumerable.Range(31, 10), port => Assert.True(Lives(harness, port)));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    /// <summary>
    /// Those from before the quota are in no list, and the table was swept for another NIC in the same millisecond. That they would end early under
    /// pressure, and that one of another kind is listed, helps nobody.
    /// </summary>
    [Theory]
    [InlineData(true, Reason.HalfOpenLimit)]
    [InlineData(false, Reason.NicQuota)]
    public void Quota_ThatComesRightAfterASweep_HasRoomAMillisecondLater(bool halfOpen, Reason reason)
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1_000, HalfOpenPercentage = 25, UnrepliedPercentage = 25 });
        byte[] Packet(int port, bool ofOtherKind = false) =>
            halfOpen != ofOtherKind ? harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000) : harness.Out().Udp(port, 53);
        void Expect(Reason expected, byte[] packet)
        {
            Assert.Equal(expected, harness.Send(Direction.Egress, packet, commit: false).Reason);
            Assert.Equal(expected, harness.Send(Direction.Egress, packet).Reason);
        }

        Assert.All(Enumerable.Range(1, 20), port => Assert.True(harness.Send(Direction.Egress, Packet(port)).IsAllowed));
        harness.Wait(halfOpen ? 31 : 8);
        uint zone = harness.Zone;
        harness.Zone = harness.Tracker.RegisterZone();
        harness.Modes = harness.Modes with { MaxConnections = 1 };
        TcpScript.Run(harness, "E | out S 1000 :5001 => NicQuota");
        harness.Zone = zone;
        harness.Modes = harness.Modes with { MaxConnections = 40 };
        Expect(Reason.MatchedRule, Packet(99, ofOtherKind: true));
        Expect(reason, Packet(21));
        harness.Wait(0.001);
        Expect(Reason.MatchedRule, Packet(21));
        Expect(Reason.MatchedRule, Packet(22));
        Assert.True(Lives(harness, 99));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    /// <summary>Two go for one that comes, of any number that are too many; what has expired goes at once.</summary>
    [Theory]
    [InlineData(30, 299, 298)]
    [InlineData(100_000, 1, 2)]
    public void Quota_LoweredByMuch_IsForetold(double seconds, int afterOne, int afterTwo)
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1_000 });
        for (int port = 1; port <= 300; port++)
        {
            harness.SendOut(harness.Out().Sctp(port, 2));
            Assert.Equal(Reason.Established, harness.SendIn(harness.In().Sctp(2, port)).Reason);
        }

        harness.Wait(seconds);
        harness.Modes = harness.Modes with { MaxConnections = 10 };
        (int Port, int Count)[] newcomers = [(1_001, afterOne), (1_002, afterTwo)];
        foreach ((int port, int count) in newcomers)
        {
            Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, harness.Out().Udp(port, 53).Build(), commit: false).Reason);
            Assert.Equal(Reason.MatchedRule, harness.SendOut(harness.Out().Udp(port, 53)).Reason);
            Assert.Equal(count, harness.Tracker.CountOf(harness.Zone));
        }

        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    /// <summary>A tombstone does not make room for others, but a SYN that the rules allow has its place.</summary>
    [Fact]
    public void FullTable_HasRoomInPlaceOfATombstone()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 1 });
        harness.Rules.Replace(TestRules.IngressSsh);
        TcpScript.Run(harness, "in S 5000 => new | out SA 1000/5001 | in A 5001/1001", 22);
        harness.Rules.Replace(TestRules.EgressOnly);
        TcpScript.Run(harness, "in A 5001/1001 => PolicyRevoked | out S 9000 :5001 => ConnectionTableFull", 22);
        byte[] syn = harness.Out().Tcp(22, 5000, TcpFlags.Syn, 9000);
        Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, syn, commit: false).Reason);
        Assert.Equal(Reason.MatchedRule, harness.Send(Direction.Egress, syn).Reason);
        Assert.Equal((1, 0L), (harness.Tracker.Count, harness.Tracker.Table.Evicted));
    }

    [Fact]
    public void FloodAtOneNic_LeavesTheHandshakesOfAnotherAlone()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 1_024 });
        uint quiet = harness.Zone;
        Assert.All(Enumerable.Range(1, 25), port => Assert.True(harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000)).IsAllowed));
        harness.Zone = harness.Tracker.RegisterZone();
        for (int number = 0; number < 6_000; number++)
        {
            Assert.True(harness.SendOut(harness.Out().Tcp(1 + number, 6000, TcpFlags.Syn, 1000)).IsAllowed);
            harness.Wait(number % 50 == 0 ? 0.001 : 0);
        }

        harness.Zone = quiet;
        Assert.All(Enumerable.Range(1, 25), port => Assert.True(Lives(harness, port)));
        Assert.Equal(256, harness.Tracker.Table.Room.Of(ConnectionRank.HalfOpen));
    }

    /// <summary>How many a NIC has counts between handshakes and between datagrams only.</summary>
    [Fact]
    public void FullTable_OfClosingConnections_GivesTheLongestIdle_WhoseverItIs()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 3 });
        uint first = harness.Zone;
        const string Closing = "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | state timeWait";
        TcpScript.Run(harness, Closing, 1);
        harness.Wait(1);
        harness.Zone = harness.Tracker.RegisterZone();
        TcpScript.Run(harness, Closing, 2);
        TcpScript.Run(harness, Closing, 3);
        Assert.True(harness.SendOut(harness.Out().Udp(4, 53)).IsAllowed);
        Assert.True(Lives(harness, 2) && Lives(harness, 3));
        harness.Zone = first;
        Assert.False(Lives(harness, 1));
    }

    [Fact]
    public void TableOfSixtyFour_IsSearchedWhole()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 64 });
        for (int port = 1; port <= 192; port++)
        {
            Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed);
            harness.Wait(0.001);
        }

        Assert.All(Enumerable.Range(1, 192), port => Assert.Equal(port > 128, Lives(harness, port)));
    }

    /// <summary>Four handshakes among 396 established connections: 64 draws find one about every other time, 16 draws every seventh time.</summary>
    [Theory]
    [InlineData(0.001, 180, 320)]
    [InlineData(0, 30, 120)]
    public void SearchInVain_IsShortUntilTheMillisecondIsOver(double wait, int least, int most)
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 400, HalfOpenPercentage = 1 });
        for (int port = 1; port <= 396; port++)
        {
            Handshake(harness, port);
        }

        Assert.All(Enumerable.Range(1_001, 4), port => Assert.True(harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000)).IsAllowed));
        int made = 0;
        for (int port = 2_001; port <= 2_500; port++)
        {
            made += harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000)).IsAllowed ? 1 : 0;
            harness.Wait(wait);
        }

        Assert.InRange(made, least, most);
        Assert.Equal((400, made), (harness.Tracker.Count, harness.Tracker.Table.Evicted));
    }

    [Fact]
    public void Pressure_EndsSoonWhatWouldEndLater()
    {
        TrackerHarness harness = new(options: s_uncapped with { MaxConnections = 100 });
        for (int port = 1; port <= 90; port++)
        {
            Handshake(harness, port);
        }

        Assert.All(Enumerable.Range(101, 4), port => Assert.True(harness.SendOut(harness.Out().Udp(port, 53)).IsAllowed));
        harness.Wait(7.5);
        Handshake(harness, 91);
        Assert.Equal((95, 0L, 0L), (harness.Tracker.Count, harness.Tracker.Table.Evicted, harness.Tracker.Table.Pressures));

        // 95 of 100: the hand passes every entry within seven newcomers of sixteen steps.
        for (int port = 92; port <= 98; port++)
        {
            Handshake(harness, port);
            Assert.Equal(1L, harness.Tracker.Table.Pressures);
        }

        Assert.Equal((98, 4L, 1L), (harness.Tracker.Count, harness.Tracker.Table.Evicted, harness.Tracker.Table.Pressures));
        Assert.All(Enumerable.Range(1, 98), port => Assert.True(Lives(harness, port)));
        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    [Fact]
    public void RetiredZone_IsLetGoWithItsLastConnection()
    {
        ZoneTable zones = new(16);
        ConnectionTable table = new(16, new RoomShares(100, 100), new TimeoutTable(ConnectionTimeouts.Default), zones);
        uint zone = zones.Register();
        FlowKey key = new(1, 2, 3, 4, zone, Ethertype.IPv4, 0, 17);
        ConnectionState state = ConnectionState.Create(ConnectionClass.UdpUnreplied, Direction.Egress, 0);
        Assert.Equal(InsertResult.Inserted, table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), state, 0, 4));
        zones.Retire(zone, 0);
        Assert.Null(zones.Find(zone));
        Assert.NotNull(zones.FindOfConnection(zone));
        Assert.Equal(1, table.Reclaim(0, 16));
        Assert.Null(zones.FindOfConnection(zone));
        Assert.Null(table.FindDamage());
    }

    private static void Handshake(TrackerHarness harness, int port)
    {
        Assert.True(harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000)).IsAllowed);
        Assert.True(harness.SendIn(harness.In().Tcp(5000, port, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001)).IsAllowed);
        Assert.True(harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Ack, 1001, 5001)).IsAllowed);
    }

    private static void Stream(TrackerHarness harness, int port)
    {
        harness.SendOut(harness.Out().Udp(port, 53));
        harness.SendIn(harness.In().Udp(53, port));
        harness.Wait(2);
        Assert.Equal(Reason.Established, harness.SendOut(harness.Out().Udp(port, 53)).Reason);
        Assert.Equal("stream", harness.Find(Direction.Egress, harness.Out().Udp(port, 53).Build())?.State);
    }

    // A datagram, or a SYN whose handshake is mostly completed.
    private static Reason SendForetold(TrackerHarness harness, Random random, string step)
    {
        int port = random.Next(1, 60);
        bool isTcp = random.Next(2) == 0;
        byte[] packet = isTcp ? harness.Out().Tcp(port, 5000, TcpFlags.Syn, 1000) : harness.Out().Udp(port, 53);
        Decision foretold = harness.Send(Direction.Egress, packet, commit: false);
        Decision decision = harness.Send(Direction.Egress, packet);
        Assert.True(foretold == decision, $"{step}: {decision}, foretold {foretold}");
        if (isTcp && decision.Reason == Reason.MatchedRule && random.Next(4) != 0)
        {
            harness.SendIn(harness.In().Tcp(5000, port, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001));
            harness.SendOut(harness.Out().Tcp(port, 5000, TcpFlags.Ack, 1001, 5001));
        }

        return decision.Reason;
    }

    private static bool Lives(TrackerHarness harness, int port) =>
        harness.Find(Direction.Egress, harness.Out().Udp(port, 53).Build()) is not null
        || harness.Find(Direction.Egress, harness.Out().Tcp(port, 5000, TcpFlags.Ack).Build()) is not null;

    private static void Expect(TrackerHarness harness, bool isAllowed, Reason otherwise)
    {
        byte[] packet = harness.Out().Udp(999, 53).Build();
        Reason expected = isAllowed ? Reason.MatchedRule : otherwise;
        Assert.Equal(expected, harness.Send(Direction.Egress, packet, commit: false).Reason);
        Assert.Equal(expected, harness.Send(Direction.Egress, packet).Reason);
        Assert.Null(harness.Tracker.Table.FindDamage());
    }
}
