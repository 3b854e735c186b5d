using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Datagrams on their way while time passes, the policy changes or a NIC goes: every later packet sees the new rules (semantics 43).</summary>
public sealed class FragmentChangeTests
{
    private static readonly SecurityGroupRule s_udp22 = Ingress(IpProtocol.Udp, 22, Remote.Any);
    private static readonly FirewallOptions s_holding = Options with { Fragments = new FragmentOptions { HoldEarlyFragments = true } };

    [Theory]
    [InlineData(Ethertype.IPv4, 30)]
    [InlineData(Ethertype.IPv6, 60)]
    public void Datagram_LivesFromItsFirstPieceOn_WhateverFollows(Ethertype family, int seconds)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp22))
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Wait(seconds - 1)
            .Ingress(e.In.Next(32), Reason.MatchedRule)
            .Wait(1)
            .Ingress(e.In.Next(64), Reason.LaterFragmentWithoutFirst)
            .Run();
    }

    [Theory, Families]
    public void LaterFragments_RefreshNoConnection(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp22))
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Wait(20)
            .Ingress(e.In.Next(32), Reason.MatchedRule)
            .Connections(1)
            .Wait(11)
            .Connections(0)
            .Run();
    }

    /// <summary>A TCP segment in pieces: only its first is tracked, and the acknowledgment of all of it passes.</summary>
    [Theory, Families]
    public void FragmentedSegment_IsAcknowledgedWhole(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder data = e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1001, 5001, 10_000).PayloadOfLength(1404);
        new Scenario(P0)
            .Play(e, "E")
            .Egress(data.Fragment(0, true), Reason.Established)
            .Egress(e.Out.Last(1424, 1000, protocol: 6), Reason.Established)
            .Play(e, "< A 5001 3405:est; > PA 3405+100 5001:est; < A 5001 3505:est; < A 5001 99000:InvalidAcknowledgment; > PA 3505+100 5001:est")
            .Wait(290)
            .Play(e, "< A 5001 3605:est")
            .Wait(301)
            .Connections(1)
            .Run();
    }

    [Theory, Families]
    public void CompleteDatagram_FreesItsIdentification(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp22))
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.Last(32), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(5000, 23), Reason.NoMatchingRule)
            .Ingress(e.In.Last(32), Reason.LaterFragmentWithoutFirst)
            .Ingress(e.In.FirstUdp(5001, 22), Reason.MatchedRule)
            .Ingress(e.In.Last(32), Reason.MatchedRule)
            .Run();
    }

    /// <summary>IPv4 identifications come round: a new first fragment begins anew, with its own verdict.</summary>
    [Fact]
    public void UnfinishedIPv4Datagram_GivesWayToANewFirst() => new Scenario(Web(s_udp22))
        .Ingress(Ends.IPv4.In.FirstUdp(5000, 22), Reason.MatchedRule)
        .Ingress(Ends.IPv4.In.Last(96), Reason.MatchedRule)
        .Ingress(Ends.IPv4.In.FirstUdp(5001, 22), Reason.MatchedRule)
        .Ingress(Ends.IPv4.In.Last(64), Reason.MatchedRule)
        .Ingress(Ends.IPv4.In.FirstUdp(5001, 23), Reason.NoMatchingRule)
        .Ingress(Ends.IPv4.In.Next(32), Reason.LaterFragmentWithoutFirst)
        .Run();

    /// <summary>The receiver may still hold the longer header of the datagram before.</summary>
    [Fact]
    public void NewIPv4First_KeepsTheLongerHeaderProtected()
    {
        PacketBuilder tcp = Ends.IPv4.In.Tcp(5000, 22, options: new byte[40]).PayloadOfLength(4).Fragment(0, true);
        new Scenario(Web(Ingress(IpProtocol.Tcp, 22, Remote.Any)))
            .Ingress(tcp, Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.Tcp(5000, 22).PayloadOfLength(4).Fragment(0, true), Reason.Established)
            .Ingress(Ends.IPv4.In.Next(24, protocol: 6), Reason.TinyFragment)
            .Ingress(Ends.IPv4.In.Last(64, protocol: 6), Reason.OverlappingFragment)
            .Run();
    }

    [Theory, Families]
    public void ContradictingLengths_PoisonTheDatagram(Ethertype family)
    {
        Ends e = Ends.For(family);
        foreach (PacketBuilder[] pieces in new PacketBuilder[][] { [e.In.Last(64), e.In.Last(96)], [e.In.Last(64), e.In.Next(96)], [e.In.Next(96), e.In.Last(64)] })
        {
            new Scenario(Web(s_udp22))
                .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
                .Ingress(pieces[0], Reason.MatchedRule)
                .Ingress(pieces[1], Reason.OverlappingFragment)
                .Ingress(e.In.Next(32), Reason.OverlappingFragment)
                .Run();
        }
    }

    [Fact]
    public void MoreGapsThanAreTracked_DenyThePieceInIPv6AndPassInIPv4()
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Scenario scenario = new Scenario(Web(s_udp22)).Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule);
            for (int i = 1; i <= 7; i++)
            {
                scenario.Ingress(e.In.Next(64 * i), Reason.MatchedRule);
            }

            scenario.Ingress(e.In.Next(64 * 8), e.IsIPv4 ? Reason.MatchedRule : Reason.FragmentTableFull)
                .Ingress(e.In.Next(32), Reason.MatchedRule)
                .Ingress(e.In.Next(64 * 8), Reason.MatchedRule)
                .Run();
        }
    }

    [Theory, Families]
    public void Rule_Removed_DeniesTheRestUntilItIsBack(Ethertype family)
    {
        Ends e = Ends.For(family);
        foreach (bool stateful in new[] { true, false })
        {
            Policy policy = Policy.Create([Group("web", s_udp22).WithStateful(stateful)], [Nic(W, "web")]);
            new Scenario(policy)
                .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
                .Update(now => now.SetRules("web"))
                .Ingress(e.In.Next(32), Reason.PolicyRevoked)
                .Update(now => now.SetRules("web", IngressAll))
                .Ingress(e.In.Next(32), Reason.MatchedRule)
                .Ingress(e.In.Last(64), Reason.MatchedRule)
                .Run();
        }
    }

    [Theory, Families]
    public void Reply_IsAskedAboutInTheDirectionOfItsConnection(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Egress(e.Out.Udp(40000, 53), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(53, 40000), Reason.Established)
            .Update(policy => policy.SetRules("web", Egress(IpProtocol.Udp, 53, Remote.Any)))
            .Ingress(e.In.Next(32), Reason.Established)
            .Update(policy => policy.SetRules("web", Ingress(IpProtocol.Udp, Remote.Any)))
            .Ingress(e.In.Next(64), Reason.PolicyRevoked)
            .Run();
    }

    [Theory, Families]
    public void KeepUntilIdle_KeepsTheDatagramsOfConnections(Ethertype family)
    {
        Ends e = Ends.For(family);
        string group = e.IsIPv4 ? "239.1.1.1" : "ff05::1";
        new Scenario(Web(s_udp22), With(tracking => tracking with { EstablishedConnections = EstablishedConnections.KeepUntilIdle }))
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.X, group).FirstUdp(5000, 22), Reason.MatchedRule)
            .Update(policy => policy.SetRules("web"))
            .Ingress(e.In.Last(32), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.X, group).Last(32), Reason.PolicyRevoked)
            .Run();
    }

    [Theory, Families]
    public void NicThatChangesKindOrGoes_ForgetsItsDatagrams(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp22))
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Update(policy => policy.UpdateGroup("web", group => group.WithStateful(false)))
            .Ingress(e.In.Last(32), Reason.LaterFragmentWithoutFirst)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Update(policy => policy.WithoutNic(W))
            .Update(policy => policy.WithNic(Nic(W, "web")))
            .Ingress(e.In.Last(32), Reason.LaterFragmentWithoutFirst)
            .Run();
    }

    /// <summary>An error that comes in pieces: the whole quote must be in the first, and no piece may rewrite it.</summary>
    [Theory, Families]
    public void RelatedError_InPieces_ProtectsItsQuote(Ethertype family)
    {
        Ends e = Ends.For(family);
        byte protocol = e.IsIPv4 ? (byte)1 : (byte)58;
        PacketBuilder sent = e.Out.Udp(40000, 53).PayloadOfLength(e.IsIPv4 ? 4 : 8);
        PacketBuilder error = e.In.PortUnreachable(sent).Fragment(0, true);
        int octets = 8 + sent.Build().Length;
        new Scenario(P0)
            .Egress(sent, Reason.MatchedRule)
            .Ingress(error, Reason.Related)
            .Ingress(e.In.Next(octets, protocol: protocol), Reason.Related)
            .Ingress(e.In.Next(8, protocol: protocol), Reason.TinyFragment)
            .Ingress(e.In.Last(octets + 32, protocol: protocol), Reason.OverlappingFragment)
            .Run();
    }

    /// <summary>
    /// The rest of an error is asked about as the connection it quotes: by that connection's remote end, wherever the error comes from.
    /// </summary>
    [Theory, Families]
    public void RelatedError_InPieces_GoesByTheRulesOfItsConnection(Ethertype family)
    {
        Ends e = Ends.For(family);
        byte protocol = e.IsIPv4 ? (byte)1 : (byte)58;
        PacketBuilder sent = PacketBuilder.Ip(e.W, e.D).Udp(40000, 53).PayloadOfLength(e.IsIPv4 ? 4 : 8);
        int octets = 8 + sent.Build().Length;
        PacketBuilder router = PacketBuilder.Ip(e.Router, e.W);
        SecurityGroupRule[] toDb = [Egress(IpProtocol.Udp, 53, Remote.SecurityGroup("db")), Egress(IpProtocol.Tcp, Remote.Any)];
        new Scenario(WebAndDb(toDb))
            .Egress(sent, Reason.MatchedRule)
            .Ingress(router.PortUnreachable(sent).Fragment(0, true), Reason.Related)
            .Update(policy => policy.SetRules("web", [.. toDb, s_udp22]))
            .Ingress(router.Next(octets, protocol: protocol), Reason.Related)
            .Update(policy => policy.UpdateNic(D, nic => nic with { SecurityGroups = [] }))
            .Ingress(router.Next(octets + 32, protocol: protocol), Reason.PolicyRevoked)
            .Update(policy => policy.SetRules("web", EgressAll))
            .Ingress(router.Next(octets + 32, protocol: protocol), Reason.Related)
            .Update(policy => policy.SetRules("web", IngressAll))
            .Ingress(router.Last(octets + 64, protocol: protocol), Reason.PolicyRevoked)
            .Run();
        new Scenario(P0, With(tracking => tracking with { EstablishedConnections = EstablishedConnections.KeepUntilIdle }))
            .Egress(sent, Reason.MatchedRule)
            .Ingress(router.PortUnreachable(sent).Fragment(0, true), Reason.Related)
            .Update(policy => policy.SetRules("web"))
            .Ingress(router.Last(octets, protocol: protocol), Reason.Related)
            .Run();
    }

    [Theory, Families]
    public void LaterFragment_GoesByItsOwnAddressesToo(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Egress(e.Out.FirstUdp(40000, 53), Reason.MatchedRule)
            .Update(policy => policy.WithNic(NicAt(W, System.Net.IPAddress.Parse(e.M)) with { SecurityGroups = ["web"] }))
            .Egress(e.Out.Last(32), Reason.SpoofedSource)
            .Run();
    }

    [Theory, Families]
    public void HeldPieces_AreReleasedByTheirToken(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(Web(s_udp22), s_holding with { TimeProvider = new ManualTimeProvider() });
        NicFilter nic = firewall[W];
        long token = nic.Filter(Direction.Ingress, e.In.Last(64)).HoldToken;
        Assert.Equal(token, nic.Filter(Direction.Ingress, e.In.Next(32)).HoldToken);
        Assert.Equal(0, nic.Explain(Direction.Ingress, e.In.Next(32)).Decision.HoldToken);
        Assert.Equal(new Decision(Verdict.Hold, Reason.LaterFragmentWithoutFirst, token), nic.AskAgain(Direction.Ingress, token));
        Assert.True(nic.Filter(Direction.Ingress, e.In.FirstUdp(5000, 22)).IsAllowed);
        Assert.Equal(Reason.MatchedRule, nic.AskAgain(Direction.Ingress, token).Reason);
        Assert.Equal(Reason.MatchedRule, nic.AskAgain(Direction.Ingress, token).Reason);
        Assert.Equal(Reason.LaterFragmentWithoutFirst, nic.AskAgain(Direction.Egress, token).Reason);

        NicStatistics statistics = nic.GetStatistics();
        Assert.Equal((2, 3, 1), (statistics.Held, statistics.Allowed, statistics.Denied));
        Assert.Equal(1, statistics[Direction.Egress, Reason.LaterFragmentWithoutFirst]);
    }

    /// <summary>A held piece that is denied when it is asked about is told of like one that is denied at once.</summary>
    [Theory, Families]
    public void HeldPieces_DeniedLater_AreToldWithTheirEnds(Ethertype family)
    {
        Ends e = Ends.For(family);
        Nic nic = Nic(W, "web") with { Options = new NicOptions { VlanIds = [7] } };
        ManualTimeProvider clock = new();
        FirewallOptions options = s_holding with { LinkType = LinkType.Ethernet, TimeProvider = clock, Events = new FirewallEventOptions { Connections = false } };
        using Firewall firewall = new(Policy.Create([Group("web", s_udp22)], [nic]), options);
        long token = firewall[W].Filter(Direction.Ingress, e.In.Vlan(7).Last(64)).HoldToken;
        firewall[W].AskAgain(Direction.Ingress, token);
        Assert.False(firewall.Events.TryRead(out _));
        firewall[W].AskAgain(Direction.Ingress, token + 1);
        Assert.Null(Told().LocalAddress);
        clock.Advance(61);
        firewall[W].AskAgain(Direction.Ingress, token);
        FirewallEvent late = Told();
        Assert.Equal((Reason.LaterFragmentWithoutFirst, 7, IpProtocol.Udp, family), (late.Decision.Reason, late.VlanIds, late.Protocol, late.Ethertype));
        Assert.Equal((e.W, e.X, 0), ($"{late.LocalAddress}", $"{late.RemoteAddress}", late.LocalPort));
        firewall[W].Filter(Direction.Ingress, e.In.Vlan(7).FirstUdp(5000, 23));
        Assert.Equal(23, Told().LocalPort);

        FirewallEvent Told()
        {
            Assert.True(firewall.Events.TryRead(out FirewallEvent told));
            return told;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 5)]
    public void TokenNobodyGave_Denies(long token)
    {
        using Firewall firewall = new(Web(s_udp22), s_holding);
        firewall[W].Filter(Direction.Ingress, Ends.IPv4.In.FirstUdp(5000, 22));
        Assert.Equal(Decision.Deny(Reason.LaterFragmentWithoutFirst), firewall[W].AskAgain(Direction.Ingress, token));
    }

    [Theory, Families]
    public void Token_OfAPastDatagram_Denies(Ethertype family)
    {
        Ends e = Ends.For(family);
        ManualTimeProvider clock = new();
        Policy policy = Policy.Create([Group("web", s_udp22)], [Nic(W, "web"), Nic(D, "web")]);
        using Firewall firewall = new(policy, s_holding with { TimeProvider = clock, Fragments = s_holding.Fragments with { MaxDatagrams = 1 } });
        NicFilter nic = firewall[W];
        long token = nic.Filter(Direction.Ingress, e.In.Last(64)).HoldToken;
        Assert.Equal(Reason.LaterFragmentWithoutFirst, firewall[D].AskAgain(Direction.Ingress, token).Reason);
        Assert.Equal(Verdict.Deny, firewall[D].AskAgain(Direction.Ingress, token).Verdict);

        clock.Advance(61);
        Assert.Equal(Verdict.Deny, nic.AskAgain(Direction.Ingress, token).Verdict);
        long next = nic.Filter(Direction.Ingress, e.In.Last(64, identification: 2)).HoldToken;
        Assert.NotEqual(token, next);
        nic.Filter(Direction.Ingress, e.In.FirstUdp(5000, 22, 2));
        Assert.Equal((Verdict.Deny, Verdict.Allow), (nic.AskAgain(Direction.Ingress, token).Verdict, nic.AskAgain(Direction.Ingress, next).Verdict));
    }

    [Theory, Families]
    public void Token_AfterAChange_SeesTheNewRules(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(Web(s_udp22), s_holding with { TimeProvider = new ManualTimeProvider() });
        NicFilter nic = firewall[W];
        long token = nic.Filter(Direction.Ingress, e.In.Last(64)).HoldToken;
        Assert.True(nic.Filter(Direction.Ingress, e.In.FirstUdp(5000, 22)).IsAllowed);
        firewall.Update(policy => policy.SetRules("web"));
        Assert.Equal(Reason.PolicyRevoked, nic.AskAgain(Direction.Ingress, token).Reason);
        firewall.Update(policy => policy.SetRules("web", IngressAll));
        Decision again = nic.AskAgain(Direction.Ingress, token);
        Assert.True(firewall.TryGetRule(again, out RuleReference? rule) && rule.Rule.Protocol.IsAny, again.ToString());

        // The address may have gone to another: without the packet nobody can tell.
        firewall.Update(policy => policy.WithNic(NicAt(W, System.Net.IPAddress.Parse(e.M)) with { SecurityGroups = ["web"] }));
        Assert.Equal(Reason.PolicyRevoked, nic.AskAgain(Direction.Ingress, token).Reason);
        firewall.Update(policy => policy.WithoutNic(W));
        Assert.Equal(Reason.NicRemoved, nic.AskAgain(Direction.Ingress, token).Reason);
    }

    [Theory, Families]
    public void HeldPieces_ThatTheFirstContradicts_AreDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(s_udp22), s_holding with { Fragments = s_holding.Fragments with { CheckIPv4Overlaps = true } })
            .Ingress(e.In.Next(24), Expect.Held)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.OverlappingFragment)
            .Ingress(e.In.Next(24), Reason.OverlappingFragment)
            .Connections(0)
            .Run();
    }

    /// <summary>More early pieces than are noted: one that nobody noted must not lie over the header of the first (RFC 3128).</summary>
    [Theory, Families]
    public void HeldPieces_BeyondThoseThatAreNoted_AreDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        Scenario scenario = new(Web(Ingress(IpProtocol.Tcp, 22, Remote.Any)), s_holding);
        for (int i = 1; i <= 8; i++)
        {
            scenario.Ingress(e.In.Next(64 * i, protocol: 6), Expect.Held);
        }

        scenario.Ingress(e.In.Next(24, protocol: 6), Reason.FragmentTableFull)
            .Ingress(e.In.Tcp(5000, 22, options: new byte[40]).PayloadOfLength(4).Fragment(0, true), Reason.MatchedRule)
            .Ingress(e.In.Next(64, protocol: 6), Reason.MatchedRule)
            .Ingress(e.In.Next(24, protocol: 6), Reason.TinyFragment)
            .Run();
    }

    [Fact]
    public async Task Stream_HoldsNothing()
    {
        using Firewall firewall = new(Web(s_udp22), s_holding);
        byte[] early = Ends.IPv4.In.Last(32);
        using MemoryStream packets = new([.. early, .. (byte[])Ends.IPv4.In.FirstUdp(5000, 22), .. early]);
        PacketStreamResult result = await firewall[W].FilterAsync(
            Direction.Ingress, System.IO.Pipelines.PipeReader.Create(packets), System.IO.Pipelines.PipeWriter.Create(Stream.Null), PacketFraming.RawIp);
        Assert.Equal(new PacketStreamResult(3, 2), result);
        Assert.Equal(0, firewall[W].GetStatistics().Held);
    }

    [Fact]
    public void Explanation_OfALaterFragment_NamesTheRuleOfItsFirst()
    {
        using Firewall firewall = new(Web(s_udp22), Options);
        Assert.Empty(firewall[W].Explain(Direction.Ingress, Ends.IPv4.In.Last(32)).MatchedRules);
        firewall[W].Filter(Direction.Ingress, Ends.IPv4.In.FirstUdp(5000, 22));
        Explanation explanation = firewall[W].Explain(Direction.Ingress, Ends.IPv4.In.Last(32));
        Assert.Equal(s_udp22.Protocol, Assert.Single(explanation.MatchedRules).Rule.Protocol);
        Assert.Equal("udp 203.0.113.7 -> 10.0.0.10, later fragment of 1 at octet 32", explanation.Packet);
        Assert.Equal("udp 203.0.113.7:5000 -> 10.0.0.10:22, first fragment of 1", firewall[W].Explain(Direction.Ingress, Ends.IPv4.In.FirstUdp(5000, 22)).Packet);
    }
}
