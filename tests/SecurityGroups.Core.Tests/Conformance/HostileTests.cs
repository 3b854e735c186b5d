using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>What an attacker would try beyond the rows of the documents: nothing here may be allowed.</summary>
public sealed class HostileTests
{
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;

    [Theory, Families]
    public void ErrorAboutARevokedConnection_IsNotRelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder reply = e.Out.Udp(53, 5000).PayloadOfLength(8);
        foreach (bool seen in new[] { false, true })
        {
            Scenario scenario = new Scenario(Web(Ingress(IpProtocol.Udp, Remote.Any)))
                .Play(e, "< udp:new; > udp:est", 53, 5000)
                .Update(policy => policy.SetRules("web"));
            _ = seen ? scenario.Play(e, "< udp:PolicyRevoked", 53, 5000) : scenario;
            scenario.Ingress(e.In.PortUnreachable(reply), new Expect("a deny", Reason.UnrelatedIcmp, Reason.PolicyRevoked)).Run();
        }
    }

    [Theory, Families]
    public void ErrorQuotingWhatItsOwnSenderSent_IsUnrelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder sent = e.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(Web(EgressAll, IngressAll))
            .Egress(sent, Reason.MatchedRule)
            .Egress(e.Out.PortUnreachable(sent), Reason.UnrelatedIcmp)
            .Ingress(e.In.PortUnreachable(e.In.Udp(53, 40000).PayloadOfLength(8)), Reason.UnrelatedIcmp)
            .Run();
    }

    [Theory, Families]
    public void ErrorSentToAnotherAddressOfTheNic_IsUnrelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder sent = e.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0.UpdateNic(W, nic => nic with { AllowedAddresses = Cidrs(e.M) }))
            .Egress(sent, Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip(e.Router, e.M).PortUnreachable(sent), Reason.UnrelatedIcmp)
            .Run();
    }

    [Theory, Families]
    public void ErrorAboutAnotherNicsConnection_IsUnrelated(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder sent = PacketBuilder.Ip(e.D, e.X).Udp(40000, 53).PayloadOfLength(8);
        new Scenario(Policy.Create([Group("web", EgressAll)], [Nic(W, "web"), Nic(D, "web")]))
            .Egress(sent, Reason.MatchedRule, D)
            .Ingress(PacketBuilder.Ip(e.X, e.W).PortUnreachable(sent), Reason.UnrelatedIcmp)
            .Run();
    }

    [Theory, Families]
    public void ErrorWithABrokenQuote_IsDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        byte[] sent = e.Out.Udp(40000, 53).PayloadOfLength(8);
        byte[] laterFragment = e.Out.Fragment(1480, false).Protocol(17, sent[^16..]);
        byte[] otherVersion = Ends.For(1 - family).Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0)
            .Egress(e.Out.Udp(40000, 53).PayloadOfLength(8), Reason.MatchedRule)
            .Ingress(e.In.PortUnreachable(laterFragment), Reason.UnrelatedIcmp)
            .Ingress(e.In.PortUnreachable(otherVersion), new Expect("a deny", Reason.Malformed, Reason.UnrelatedIcmp))
            .Run();
    }

    /// <summary>The half of a handshake that the other side must send opens nothing, whatever it acknowledges.</summary>
    [Theory]
    [InlineData("> S 1000:new; < SA 5000 5555:InvalidAcknowledgment; < SA 5000 1001:est")]
    [InlineData("> S 1000:new; < A 5000 1001:ign; < FA 5000 1001:ign; < FA 5000 1000:InvalidState; < FA 5000 1002:InvalidState")]
    [InlineData("> S 1000:new; < R 0:InvalidReset; < RA 0 1000:InvalidReset; < SA 5000 1001:est")]
    [InlineData("> SA 1000 1:InvalidState; > RA 1000 1:InvalidState; > FA 1000 1:InvalidState; > A 1000 1:NotSyn; count 0")]
    public void HandshakeOutOfTurn_IsDenied(string script)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            new Scenario(P0).Play(e, script).Run();
        }
    }

    /// <summary>A connection admitted by W's SYN never lets X open one of its own, in any state.</summary>
    [Theory]
    [InlineData("E; < S 90000:InvalidState")]
    [InlineData("E; > FA 1001 5001:est; < S 90000:InvalidState")]
    [InlineData("E; > FA 1001 5001:est; < FA 5001 1002:est; < S 90000:InvalidState")]
    [InlineData("E; < R 5001:est; < S 90000:InvalidState")]
    public void SynOfTheResponder_IsDenied(string script)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            new Scenario(P0).Play(e, script).Run();
        }
    }

    /// <summary>Reopening asks the rules of the day, not those of the first connection.</summary>
    [Theory, Families]
    public void PortReusedAfterTheRuleHasGone_IsDenied(Ethertype family) =>
        new Scenario(P0).Play(Ends.For(family), "E; < R 5001:est")
            .Update(policy => policy.SetRules("web"))
            .Play(Ends.For(family), "> S 900000:PolicyRevoked; < SA 7000 900001:PolicyRevoked").Run();

    [Theory, Families]
    public void ReplyThatPretendsToBeAnotherProtocol_IsDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Egress(e.Out.Udp(40000, 53), Reason.MatchedRule)
            .Ingress(e.In.UdpLite(53, 40000), Reason.NoMatchingRule)
            .Ingress(e.In.Sctp(53, 40000), Reason.NoMatchingRule)
            .Ingress(e.In.Protocol(47, e.In.Udp(53, 40000).Build()), Reason.NoMatchingRule)
            .Ingress(e.In.Tcp(53, 40000, SynAck, 1, 1), Reason.InvalidState)
            .Ingress(e.In.Tcp(53, 40000), Reason.NoMatchingRule)
            .Run();
    }

    /// <summary>IPv4 addresses in the low bits of IPv6 ones, and IPv6 inside IPv4, are other flows.</summary>
    [Fact]
    public void TheOtherFamilysLookAlike_IsNoReply() => new Scenario(P0.UpdateNic(W, nic => nic with { AllowedAddresses = Cidrs("::10.0.0.10") }))
        .Egress(Ends.IPv4.Out.Udp(40000, 53), Reason.MatchedRule)
        .Ingress(PacketBuilder.Ip("::203.0.113.7", "::10.0.0.10").Udp(53, 40000), Reason.NoMatchingRule)
        .Ingress(PacketBuilder.Ip("::ffff:203.0.113.7", "::10.0.0.10").Udp(53, 40000), Reason.Martian)
        .Ingress(Ends.IPv4.In.Protocol(41, Ends.IPv6.In.Udp(53, 40000).Build()), Reason.NoMatchingRule)
        .Run();

    /// <summary>The other family's ICMP number is a protocol like any other: no query, no error, no neighbor discovery.</summary>
    [Fact]
    public void TheOtherFamilysIcmp_IsNeitherReplyNorErrorNorDiscovery()
    {
        byte[] quoted = Ends.IPv4.Out.Udp(40000, 53).PayloadOfLength(8);
        new Scenario(P0)
            .Egress(Ends.IPv4.Out.Udp(40000, 53).PayloadOfLength(8), Reason.MatchedRule)
            .Egress(Ends.IPv4.Out.EchoRequest(), Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.Protocol(58, [1, 4, 0, 0, 0, 0, 0, 0, .. quoted]), Reason.NoMatchingRule)
            .Ingress(Ends.IPv4.In.Protocol(58, 129, 0, 0, 0, 0, 7, 0, 1), Reason.NoMatchingRule)
            .Ingress(Ends.IPv4.In.Protocol(58, [135, 0, 0, 0, .. new byte[20]]).HopLimit(255), Reason.NoMatchingRule)
            .Ingress(Ends.IPv6.In.Protocol(1, [3, 3, 0, 0, 0, 0, 0, 0, .. quoted]), Reason.NoMatchingRule)
            .Run();
    }

    /// <summary>A fragment cannot borrow the allowance of what must come whole.</summary>
    [Fact]
    public void FragmentOfInfrastructure_IsNotInfrastructure() => new Scenario(Web())
        .Egress(PacketBuilder.DhcpRequest(), Reason.Infrastructure)
        .Ingress(PacketBuilder.NeighborSolicitation("fe80::1", Ends.IPv6.W).Fragment(0, true), Reason.BadNeighborDiscovery)
        .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1").Fragment(0, true), Reason.NoMatchingRule)
        .Ingress(PacketBuilder.MulticastListener(130, "fe80::1", "ff02::1").Fragment(0, true), Reason.NoMatchingRule)
        .Run();

    /// <summary>A ban holds for the first piece of a fragmented datagram too.</summary>
    [Fact]
    public void FragmentOfWhatIsBanned_IsBanned() => new Scenario(Web(EgressAll))
        .Egress(PacketBuilder.DhcpAnswer("10.0.0.10").Fragment(0, true), Reason.InfrastructureBan)
        .Egress(PacketBuilder.DhcpV6Answer("fe80::10", "fe80::20").Fragment(0, true).PayloadOfLength(16), Reason.InfrastructureBan)
        .Egress(PacketBuilder.RouterAdvertisement("fe80::10").Fragment(0, true), Reason.BadNeighborDiscovery)
        .Run();

    /// <summary>Tracking zones are used again; what they once held must not be.</summary>
    [Theory, Families]
    public void NicReplacedManyTimes_InheritsNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(Web(Ingress(IpProtocol.Udp, Remote.Any)), Options);
        Nic definition = firewall.Policy.Nics[W];
        byte[] request = e.In.Udp(5000, 53);
        byte[] reply = e.Out.Udp(53, 5000);
        for (int i = 0; i < 400; i++)
        {
            Assert.Equal(Reason.NoMatchingRule, firewall[W].Filter(Direction.Egress, reply).Reason);
            Assert.Equal(Reason.MatchedRule, firewall[W].Filter(Direction.Ingress, request).Reason);
            Assert.Equal(Reason.Established, firewall[W].Filter(Direction.Egress, reply).Reason);
            firewall.Update(policy => policy.WithoutNic(W));
            firewall.Update(policy => policy.WithNic(definition));
        }

        Assert.Null(firewall.Tracker.Table.FindDamage());
    }

    /// <summary>Bits beyond the NIC's networks: a member's address counts only in the referencing NIC's network.</summary>
    [Theory, Families]
    public void MemberOfAnotherNetwork_WithTheSameAddress_OpensNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create(
            [Group("web", Ingress(IpProtocol.Udp, Remote.SecurityGroup("db"))), Group("db")],
            [Nic(W, "web") with { NetworkId = "one" }, Nic(D, "db") with { NetworkId = "two" }, Nic(D, "other") with { Id = "d1", NetworkId = "one", SecurityGroups = [] }]);
        new Scenario(policy).Ingress(PacketBuilder.Ip(e.D, e.W).Udp(1, 2), Reason.NoMatchingRule).Run();
    }

    /// <summary>Every truncation of an allowed packet is denied or allowed without reading past its end.</summary>
    [Theory, Families]
    public void EveryTruncation_IsDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder[] packets = [e.In.Tcp(5000, 22, options: [3, 3, 7]), e.In.Udp(5000, 22), e.In.EchoRequest(), e.In.HopByHop().Tcp(1, 2)];
        using Firewall firewall = new(Web(IngressAll), Ethernet);
        foreach (byte[] frame in packets.Select(packet => packet.Ethernet().Build()))
        {
            for (int length = 0; length < frame.Length; length++)
            {
                // A copy of its own, so that reading one octet too far would fail.
                Decision decision = firewall[W].Filter(Direction.Ingress, frame.AsSpan(0, length).ToArray());
                Assert.Equal(Reason.Malformed, decision.Reason);
            }
        }
    }
}
