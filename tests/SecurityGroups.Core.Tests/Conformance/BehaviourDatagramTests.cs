using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The rows of behaviour.md about UDP and other protocols (U). The script language is <see cref="Script"/>'s.</summary>
public sealed class BehaviourDatagramTests
{
    private const string OutgoingFor50Seconds = "> udp:new; < udp:est; wait 25; > udp:est; < udp:est; wait 25; > udp:est";
    private const string IncomingEach20Seconds = "wait 20; < udp:est; wait 20; < udp:est; wait 20; < udp:est; wait 20; < udp:est; wait 20; < udp:est; "
        + "wait 20; < udp:est; wait 20; < udp:est; wait 20; < udp:est; wait 21";

    private static readonly FirewallOptions s_linux = With(tracking => tracking with { Timeouts = ConnectionTimeouts.Linux });

    public static TheoryData<string, string> DefaultTimeouts => new()
    {
        { "U01", "> udp:new; wait 29; < udp:est; wait 29; < udp:est; count 1" },
        { "U02", "> udp:new; < udp rp=54:NoMatchingRule; < udp lp=40001:NoMatchingRule" },
        { "U03", "> udp:new; < udp from=stranger:NoMatchingRule" },
        { "U04", "> udp:new; wait 31; < udp:NoMatchingRule; count 0" },
        { "stream of 180 s", "> udp:new; < udp:est; wait 3; > udp:est; wait 179; < udp:est" },
        { "stream of 180 s, expired", "> udp:new; < udp:est; wait 3; > udp:est; wait 181; < udp:NoMatchingRule" },
        { "no stream within 2 s", "> udp:new; < udp:est; wait 1; > udp:est; < udp:est; wait 31; < udp:NoMatchingRule" },
        { "unreplied packets make no stream", "> udp:new; wait 20; > udp:est; wait 20; > udp:est; wait 31; < udp:NoMatchingRule" },
        { "UDP-Lite has UDP's timeouts", "> udplite:new; wait 29; < udplite:est; < udplite rp=54:NoMatchingRule; wait 31; > udplite:new" },
        { "SCTP by five-tuple", "> sctp:new; < sctp:est; < sctp rp=54:NoMatchingRule; count 1" },
        { "DCCP by five-tuple", "> dccp:new; < dccp:est; < dccp rp=54:NoMatchingRule; count 1" },
        { "U14 GRE", "> proto 47:new; wait 599; < proto 47:est; < proto 50:NoMatchingRule; wait 601; < proto 47:NoMatchingRule" },
        { "U14 ESP", "> proto 50:new; < proto 50:est; < proto 50 from=stranger:NoMatchingRule; count 1" },
        { "U15 unknown protocol", "> proto 253:new; < proto 253:est" },
        { "U08 default mode", $"{OutgoingFor50Seconds}; {IncomingEach20Seconds}; < udp:est" },
        { "source port 0 is judged, never tracked", "> udp lp=0:new; < udp lp=40000:NoMatchingRule; count 0" },
    };

    [Theory, MemberData(nameof(DefaultTimeouts))]
    public void Datagrams_GoByTheMatrix(string row, string script) => Play(script, row);

    [Theory]
    [InlineData("U05", "> udp:new; wait 0.05; < udp:est; wait 31; < udp:NoMatchingRule")]
    [InlineData("U06", "> udp:new; wait 1; < udp:est; wait 2; > udp:est; wait 119; < udp:est")]
    [InlineData("stream of 120 s", "> udp:new; wait 1; < udp:est; wait 2; > udp:est; wait 121; < udp:NoMatchingRule")]
    public void Datagrams_WithLinuxTimeouts_GoByTheMatrix(string row, string script) => Play(script, row, s_linux);

    [Fact]
    public void U08_RefreshOnEgressOnly_IngressDoesNotKeepAFlowAlive() => Play(
        $"{OutgoingFor50Seconds}; {IncomingEach20Seconds}; < udp:NoMatchingRule", "U08", With(tracking => tracking with { RefreshOnEgressOnly = true }));

    [Theory, Families]
    public void U07_ReplyOfIngressFlow_NeedsNoEgressRule(Ethertype family) =>
        new Scenario(Web(FromNetwork(IpProtocol.Udp, 5060))).Play(Ends.For(family), "< udp:new; > udp:est; > udp rp=5:NoMatchingRule", 5060, 5000).Run();

    [Theory, Families]
    public void U12_MulticastDestination_IsJudgedAndNotTracked(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Egress(PacketBuilder.Ip(e.W, e.IsIPv4 ? "239.255.255.250" : "ff05::c").Udp(1900, 1900), Reason.MatchedRule)
            .Ingress(e.In.Udp(1900, 1900), Reason.NoMatchingRule)
            .Connections(0)
            .Run();
    }

    [Fact]
    public void U12_BroadcastDestination_IsJudgedAndNotTracked() => new Scenario(P0)
        .Egress(PacketBuilder.Ip(Ends.IPv4.W, "255.255.255.255").Udp(5, 1900), Reason.MatchedRule)
        .Connections(0)
        .Run();

    [Fact]
    public void U13_DhcpAnswer_PassesOnlyAsInfrastructure()
    {
        Scenario Exchange(InfrastructureTraffic flags, Reason request, Reason answer) =>
            new Scenario(Web(), Options with { Infrastructure = flags })
                .Egress(PacketBuilder.DhcpRequest(), request)
                .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1", "10.0.0.10"), answer)
                .Connections(0)
                .NotRestored("DHCP requests are not saved");
        Exchange(InfrastructureTraffic.Default, Reason.Infrastructure, Reason.Infrastructure).Run();
        Exchange(InfrastructureTraffic.Default & ~InfrastructureTraffic.DhcpV4, Reason.NoMatchingRule, Reason.NoMatchingRule).Run();
    }

    [Theory]
    [InlineData(253, true)]
    [InlineData(47, true)]
    [InlineData(6, false)]
    public void U15_ProtocolNumber_MatchesItselfAndAny(byte protocol, bool matches)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            PacketBuilder packet = e.In.Protocol(protocol == 6 ? (byte)253 : protocol, 1, 2, 3, 4);
            new Scenario(Web(IngressAll)).Ingress(packet, Reason.MatchedRule).Run();
            new Scenario(Web(Ingress(IpProtocol.FromNumber(protocol), Remote.Any))).Ingress(packet, matches ? Reason.MatchedRule : Reason.NoMatchingRule).Run();
        }
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("udplite")]
    [InlineData("sctp")]
    [InlineData("dccp")]
    public void PortsOfEveryProtocolThatHasThem_AreEnforced(string protocol)
    {
        IpProtocol ip = protocol switch
        {
            "udp" => IpProtocol.Udp,
            "udplite" => IpProtocol.UdpLite,
            "sctp" => IpProtocol.Sctp,
            _ => IpProtocol.Dccp,
        };
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            new Scenario(Web(Ingress(ip, new PortRange(100, 200), Remote.Any)))
                .Play(e, $"< {protocol} lp=99:NoMatchingRule; < {protocol} lp=100:new; < {protocol} lp=200:new; < {protocol} lp=201 rp=150:NoMatchingRule")
                .Run();
        }
    }

    private static void Play(string script, string row, FirewallOptions? options = null)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Exception? failure = Record.Exception(() => new Scenario(P0, options).Play(e, script, 40_000, 53).Run());
            Assert.True(failure is null, $"{row}, {e.Ethertype}: {failure?.Message}");
        }
    }
}
