using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests;

/// <summary>What is counted for a connection, and what is not.</summary>
public sealed class ConnectionTrafficTests
{
    private static readonly FirewallOptions s_options = With(tracking => tracking with { CountTraffic = true });

    [Theory, Families]
    public void Count_PacketsAndIpOctets_PerDirection(Ethertype family) => new Scenario(P0, s_options)
        .Play(Ends.For(family), "E; > PA 1001+100 5001:est; < A 5001 1101:est; < PA 5001+10 1101:est")
        .Check(firewall => Assert.Equal(Traffic(family, ingress: (3, 60 + 10), egress: (3, 60 + 100)), Single(firewall)))
        .Run();

    [Theory, Families]
    public void Count_IgnoredPackets_ButNotDeniedOnes(Ethertype family) => new Scenario(P0, s_options)
        .Play(Ends.For(family), "E; > S 1:ign; < PA 900000+9 1001:OutOfWindow; < R 90000:InvalidReset; < FS 1:BadFlags")
        .Check(firewall => Assert.Equal(Traffic(family, ingress: (1, 20), egress: (3, 60)), Single(firewall)))
        .Run();

    [Theory, Families]
    public void Count_NoErrorsAboutTheConnection(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder udp = e.Out.Udp(40_000, 53).PayloadOfLength(8);
        new Scenario(P0, s_options)
            .Egress(udp, Reason.MatchedRule)
            .Ingress(e.In.PortUnreachable(udp), Reason.Related)
            .Check(firewall => Assert.Equal(Traffic(family, ingress: (0, 0), egress: (1, 16)), Single(firewall)))
            .Run();
    }

    /// <summary>The figures end with the connection: the next of the same five-tuple begins with its own first packet.</summary>
    [Theory, Families]
    public void Count_OfTheNextConnection_StartsAnew(Ethertype family) => new Scenario(P0, s_options)
        .Play(Ends.For(family), "> udp:new; > udp:est*3; wait 31; > udp:new")
        .Check(firewall => Assert.Equal(Traffic(family, ingress: (0, 0), egress: (1, 16)), Single(firewall)))
        .Run();

    [Theory, Families]
    public void Count_OfATombstone_StandsStill_AndBeginsAnewWhenItLivesOn(Ethertype family) => new Scenario(Web(IngressAll), s_options)
        .Play(Ends.For(family), "< udp:new; > udp:est")
        .Update(policy => policy.SetRules("web"))
        .Play(Ends.For(family), "< udp:PolicyRevoked; > udp:PolicyRevoked")
        .Check(firewall => Assert.Equal(Traffic(family, ingress: (1, 16), egress: (1, 16)), Single(firewall)))
        .Update(policy => policy.SetRules("web", IngressAll))
        .Play(Ends.For(family), "> udp:est")
        .Check(firewall => Assert.Equal(Traffic(family, ingress: (0, 0), egress: (1, 16)), Single(firewall)))
        .Run();

    [Fact]
    public void Count_NeitherLinkHeadersNorPadding()
    {
        using Firewall firewall = new(P0, s_options with { LinkType = LinkType.Ethernet });
        byte[] frame = Ends.IPv4.Out.Udp(40_000, 53).PayloadOfLength(5).Ethernet();
        Assert.True(firewall[W].Filter(Direction.Egress, [.. frame, .. new byte[13]]).IsAllowed);
        Assert.Equal(new ConnectionTraffic(0, 0, 1, 20 + 8 + 5), Single(firewall));
    }

    [Theory, Families]
    public void Explain_CountsNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(P0, s_options);
        firewall[W].Filter(Direction.Egress, e.Out.Udp(40_000, 53).PayloadOfLength(8));
        Explanation explanation = firewall[W].Explain(Direction.Ingress, e.In.Udp(53, 40_000));
        Assert.Equal(Reason.Established, explanation.Decision.Reason);
        Assert.Equal(Traffic(family, ingress: (0, 0), egress: (1, 16)), explanation.Connection!.Traffic);
        Assert.Equal(explanation.Connection.Traffic, Single(firewall));
    }

    [Theory, Families]
    public void Count_IsOffUnlessAskedFor(Ethertype family) => new Scenario(P0)
        .Play(Ends.For(family), "> udp:new")
        .Check(firewall => Assert.Null(Single(firewall)))
        .Run();

    private static ConnectionTraffic? Single(Firewall firewall) => Assert.Single(firewall.GetConnections()).Traffic;

    // Octets without the IP headers of that many packets.
    private static ConnectionTraffic Traffic(Ethertype family, (int Packets, int Octets) ingress, (int Packets, int Octets) egress)
    {
        int header = family == Ethertype.IPv4 ? 20 : 40;
        return new ConnectionTraffic(
            ingress.Packets, ingress.Octets + (ingress.Packets * header), egress.Packets, egress.Octets + (egress.Packets * header));
    }
}
