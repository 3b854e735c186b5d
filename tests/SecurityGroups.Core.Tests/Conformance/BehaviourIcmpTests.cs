using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The rows of behaviour.md about ICMP (I): queries, and errors related to connections.</summary>
public sealed class BehaviourIcmpTests
{
    /// <summary>Request and reply of every query: type of the request, of the reply, family.</summary>
    public static TheoryData<Ethertype, int, int> Queries => new()
    {
        { Ethertype.IPv4, 8, 0 },
        { Ethertype.IPv4, 13, 14 },
        { Ethertype.IPv4, 17, 18 },
        { Ethertype.IPv6, 128, 129 },
        { Ethertype.IPv6, 139, 140 },
    };

    [Theory, MemberData(nameof(Queries))]
    public void I01_I22_ReplyOfAQuery_IsEstablished(Ethertype family, int request, int reply)
    {
        Ends e = Ends.For(family);
        const uint Identifier7 = 0x00070001;
        new Scenario(P0)
            .Egress(e.Out.Icmp(request, 0, Identifier7).PayloadOfLength(20), Reason.MatchedRule)
            .Ingress(e.In.Icmp(reply, 0, Identifier7).PayloadOfLength(20), Reason.Established)
            .Ingress(e.In.Icmp(reply, 0, Identifier7).PayloadOfLength(20), Reason.Established)
            .Connections(1)
            .Run();
    }

    [Theory]
    [InlineData("I02", "> echo id=7:new; < reply id=8:InvalidState; < reply id=7 from=stranger:InvalidState; < reply id=7:est")]
    [InlineData("I04", "> echo:new; < reply:est; < reply:est")]
    [InlineData("I19", "> echo:new; wait 59; < reply:est; wait 61; < reply:InvalidState")]
    [InlineData("the request's sender is the initiator", "> echo:new; < echo:NoMatchingRule; > reply:InvalidState; count 1")]
    public void Queries_GoByTheMatrix(string row, string script)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Exception? failure = Record.Exception(() => new Scenario(P0).Play(e, script).Run());
            Assert.True(failure is null, $"{row}, {e.Ethertype}: {failure?.Message}");
        }
    }

    [Theory, Families]
    public void I03_ReplyWithoutRequest_PassesOnlyAStatelessRule(Ethertype family)
    {
        Ends e = Ends.For(family);
        SecurityGroup group = Group("web", Ingress(e.Icmp, new IcmpMatch(e.EchoReply), Remote.Any) with { Ethertype = family });
        new Scenario(Policy.Create([group], [Nic(W, "web")])).Ingress(e.In.EchoReply(), Reason.InvalidState).Run();
        new Scenario(Policy.Create([group.WithStateful(false)], [Nic(W, "web")])).Ingress(e.In.EchoReply(), Reason.MatchedRule).Run();
    }

    [Theory, Families]
    public void EchoOfBothEnds_IsTwoConnections(Ethertype family) =>
        new Scenario(Web(EgressAll, IngressAll)).Play(Ends.For(family), "> echo:new; < echo:new; count 2; > reply:est; < reply:est").Run();

    [Theory, Families]
    public void I05_I06_UnreachableFromAnywhere_IsRelatedAndKeepsTheEntry(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder udp = e.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0)
            .Egress(udp, Reason.MatchedRule)
            .Wait(20)
            .Ingress(e.In.PortUnreachable(udp), Reason.Related)
            .Ingress(PacketBuilder.Ip(e.Router, e.W).PortUnreachable(udp), Reason.Related)
            .Connections(1)
            .Wait(9)
            .Ingress(e.In.Udp(53, 40000), Reason.Established)
            .Wait(31)
            .Ingress(e.In.PortUnreachable(udp), Reason.UnrelatedIcmp)
            .Run();
    }

    [Theory, Families]
    public void I05_ErrorDoesNotRefreshTheTimer(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder udp = e.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0)
            .Egress(udp, Reason.MatchedRule)
            .Wait(20)
            .Ingress(e.In.PortUnreachable(udp), Reason.Related)
            .Wait(11)
            .Ingress(e.In.Udp(53, 40000), Reason.NoMatchingRule)
            .Run();
    }

    [Theory, Families]
    public void I07_UnknownQuote_IsUnrelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(EgressAll, IngressAll))
            .Egress(e.Out.Udp(40000, 53), Reason.MatchedRule)
            .Ingress(e.In.PortUnreachable(e.Out.Udp(40001, 53)), Reason.UnrelatedIcmp)
            .Ingress(e.In.PortUnreachable(e.In.Udp(53, 40000)), Reason.UnrelatedIcmp)
            .Ingress(e.In.PortUnreachable(PacketBuilder.Ip(e.D, e.X).Udp(40000, 53)), Reason.UnrelatedIcmp)
            .Run();
    }

    [Theory, Families]
    public void I09_QuoteOfSevenTransportOctets_IsMalformed(Ethertype family)
    {
        Ends e = Ends.For(family);
        byte[] udp = e.Out.Udp(40000, 53).PayloadOfLength(8);
        int header = e.IsIPv4 ? 20 : 40;
        new Scenario(P0)
            .Egress(e.Out.Udp(40000, 53).PayloadOfLength(8), Reason.MatchedRule)
            .Ingress(e.In.PortUnreachable(udp[..(header + 7)]), Reason.Malformed)
            .Ingress(e.In.PortUnreachable(udp[..(header - 1)]), Reason.Malformed)
            .Ingress(e.In.PortUnreachable([]), Reason.Malformed)
            .Ingress(e.In.PortUnreachable(udp[..(header + 8)]), Reason.Related)
            .Run();
    }

    [Theory, Families]
    public void I11_ErrorQuotingAnError_IsUnrelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder udp = e.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0)
            .Egress(udp, Reason.MatchedRule)
            .Ingress(e.In.PortUnreachable(e.Out.PortUnreachable(e.In.Udp(53, 40000).PayloadOfLength(8))), Reason.UnrelatedIcmp)
            .Run();
    }

    [Theory, Families]
    public void I13_PacketTooBig_PassesAndNeverEndsTheConnection(Ethertype family)
    {
        Ends e = Ends.For(family);
        byte[] quoted = e.Out.Tcp(40000, 443, TcpFlags.Ack | TcpFlags.Psh, 1001, 5001).PayloadOfLength(100);
        new Scenario(P0)
            .Play(e, "E; > PA 1001+100 5001:est")
            .Ingress(e.In.PacketTooBig(quoted, 1400), Reason.Related)
            .Ingress(PacketBuilder.Ip(e.Router, e.W).PacketTooBig(quoted, 1280), Reason.Related)
            .Play(e, "< A 5001 1101:est; count 1")
            .Run();
    }

    [Theory, Families]
    public void TcpQuoteOutOfFlight_IsUnrelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Play(e, "E; > PA 1001+100 5001:est")
            .Ingress(e.In.PortUnreachable(e.Out.Tcp(40000, 443, TcpFlags.Ack, 900_000, 5001)), Reason.UnrelatedIcmp)
            .Play(e, "< A 5001 1101:est")
            .Run();
    }

    /// <summary>No rule admits neighbor discovery from beyond the link (RFC 4861).</summary>
    [Theory]
    [InlineData(133, Direction.Egress)]
    [InlineData(134, Direction.Ingress)]
    [InlineData(135, Direction.Egress)]
    [InlineData(136, Direction.Egress)]
    public void I17_NeighborDiscovery_NeedsHopLimit255(int type, Direction direction)
    {
        PacketBuilder good = type switch
        {
            133 => PacketBuilder.RouterSolicitation("fe80::10"),
            134 => PacketBuilder.RouterAdvertisement("fe80::1"),
            135 => PacketBuilder.NeighborSolicitation(Ends.IPv6.W, "2001:db8::1"),
            _ => PacketBuilder.NeighborAdvertisement(Ends.IPv6.W, Ends.IPv6.W),
        };
        OneWay(Web(EgressAll, IngressAll), direction, (good, Reason.Infrastructure), (good.HopLimit(64), Reason.BadNeighborDiscovery));
    }

    [Theory]
    [InlineData(130, Direction.Ingress)]
    [InlineData(131, Direction.Egress)]
    [InlineData(132, Direction.Egress)]
    [InlineData(143, Direction.Egress)]
    public void I18_MulticastListener_PassesUntrackedOnItsLink(int type, Direction direction)
    {
        PacketBuilder good = type switch
        {
            130 => PacketBuilder.MulticastListener(130, "fe80::1", "ff02::1"),
            131 => PacketBuilder.MulticastListener(131, "fe80::10", "ff02::1:ff00:10"),
            132 => PacketBuilder.MulticastListener(132, "fe80::10", "ff02::2"),
            _ => PacketBuilder.MulticastListener(143, "fe80::10"),
        };
        OneWay(Web(), direction, (good, Reason.Infrastructure), (good.HopLimit(2), Reason.NoMatchingRule));
    }

    [Theory]
    [InlineData(Ethertype.IPv6, 1279, Reason.UnrelatedIcmp)]
    [InlineData(Ethertype.IPv6, 1280, Reason.Related)]
    [InlineData(Ethertype.IPv4, 0, Reason.Related)]
    [InlineData(Ethertype.IPv4, 67, Reason.UnrelatedIcmp)]
    [InlineData(Ethertype.IPv4, 68, Reason.Related)]
    public void I14_PacketTooBig_WithAbsurdMtu_IsDenied(Ethertype family, uint mtu, Reason expected)
    {
        Ends e = Ends.For(family);
        PacketBuilder udp = e.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0).Egress(udp, Reason.MatchedRule).Ingress(e.In.PacketTooBig(udp, mtu), expected).Run();
    }

    [Theory, Families]
    public void I15_UnreachableInSynSent_DoesNotEndTheHandshake(Ethertype family)
    {
        Ends e = Ends.For(family);
        byte[] syn = e.Out.Tcp(40000, 443, TcpFlags.Syn, 1000);
        PacketBuilder error = e.IsIPv4 ? e.In.IcmpError(3, 1, syn) : e.In.IcmpError(1, 3, syn);
        new Scenario(P0).Play(e, "> S 1000:new").Ingress(error, Reason.Related).Play(e, "< SA 5000 1001:est").Run();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void I16_SourceQuenchAndRedirect_AreDeniedEvenAboutALiveFlow(int type)
    {
        PacketBuilder udp = Ends.IPv4.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(Web(EgressAll, IngressAll))
            .Egress(udp, Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.IcmpError(type, 0, udp), Reason.UnrelatedIcmp)
            .Run();
    }

    [Fact]
    public void I20_QuoteWithExtensionHeaders_IsRelated()
    {
        PacketBuilder udp = Ends.IPv6.Out.HopByHop().DestinationOptions().Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0).Egress(udp, Reason.MatchedRule).Ingress(Ends.IPv6.In.PortUnreachable(udp), Reason.Related).Run();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void I21_QuoteWithOptions_IsRelated(int words)
    {
        byte[] options = [.. Enumerable.Repeat((byte)1, words * 4)];
        PacketBuilder udp = Ends.IPv4.Out.IPv4Options(options).Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0).Egress(udp, Reason.MatchedRule).Ingress(Ends.IPv4.In.PortUnreachable(udp), Reason.Related).Run();
    }

    [Theory, Families]
    public void I23_ReplyOfAnotherCode_IsNoReply(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Egress(e.Out.Icmp(e.EchoRequest, 5, 0x00070001), Reason.MatchedRule)
            .Ingress(e.In.Icmp(e.EchoReply, 0, 0x00070001), Reason.InvalidState)
            .Ingress(e.In.Icmp(e.EchoReply, 5, 0x00070001), Reason.Established)
            .Run();
    }

    [Theory, Families]
    public void I24_TypeAndCode_MustBothMatch(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(Web(Ingress(e.Icmp, new IcmpMatch(e.EchoRequest, 0), Remote.Any) with { Ethertype = family }))
            .Ingress(e.In.Icmp(e.EchoRequest, 3), Reason.NoMatchingRule)
            .Ingress(e.In.Icmp(e.EchoRequest, 0), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    public void Errors_BeyondTheRateLimit_AreDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder udp = e.Out.Udp(40000, 53).PayloadOfLength(8);
        FirewallOptions limited = With(tracking => tracking with { IcmpErrorsPerSecond = 1 });
        Scenario scenario = new Scenario(P0, limited).Egress(udp, Reason.MatchedRule);
        for (int i = 0; i < 10; i++)
        {
            scenario.Ingress(e.In.PortUnreachable(udp), Reason.Related);
        }

        scenario
            .Ingress(e.In.PortUnreachable(udp), Reason.IcmpRateLimit)
            .Wait(1)
            .Ingress(e.In.PortUnreachable(udp), Reason.Related)
            .Ingress(e.In.PortUnreachable(udp), Reason.IcmpRateLimit)
            .NotRestored("the rate of ICMP errors is not saved")
            .Run();
    }

    [Theory, Families]
    public void Errors_OnAStatelessNic_GoByTheRules(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder error = e.In.PortUnreachable(e.Out.Udp(1, 2).PayloadOfLength(8));
        SecurityGroup group = Group("web", Ingress(e.Icmp, Remote.Any) with { Ethertype = family }).WithStateful(false);
        new Scenario(Policy.Create([group], [Nic(W, "web")])).Ingress(error, Reason.MatchedRule).Run();
        new Scenario(Policy.Create([Group("web").WithStateful(false)], [Nic(W, "web")])).Ingress(error, Reason.NoMatchingRule).Run();
    }

    [Theory, Families]
    public void OtherTypes_AreJudgedByTheRulesAndNeverTracked(Ethertype family)
    {
        Ends e = Ends.For(family);
        int type = e.IsIPv4 ? 40 : 150;
        new Scenario(P0).Egress(e.Out.Icmp(type), Reason.MatchedRule).Connections(0).Ingress(e.In.Icmp(type), Reason.NoMatchingRule).Run();
    }

    [Theory, Families]
    public void ErrorSentByTheInstance_IsRelatedToWhatItReceived(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder udp = e.In.Udp(5000, 5060).PayloadOfLength(8);
        new Scenario(Web(FromNetwork(IpProtocol.Udp, 5060)))
            .Ingress(udp, Reason.MatchedRule)
            .Egress(e.Out.PortUnreachable(udp), Reason.Related)
            .Egress(e.Out.PortUnreachable(e.In.Udp(5000, 5061).PayloadOfLength(8)), Reason.UnrelatedIcmp)
            .Run();
    }

    private static void OneWay(Policy policy, Direction direction, params (PacketBuilder Packet, Reason Expected)[] packets)
    {
        Scenario story = new(policy);
        foreach ((PacketBuilder packet, Reason expected) in packets)
        {
            _ = direction == Direction.Egress ? story.Egress(packet, expected) : story.Ingress(packet, expected);
        }

        story.Connections(0).Run();
    }
}
