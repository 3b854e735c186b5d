using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Rows G01 to G14 of behaviour.md and the rows of its section 3 about fragments.</summary>
public sealed class BehaviourFragmentTests
{
    private const byte Tcp = 6;

    private static readonly Policy s_ssh = Web([.. FromNetwork(IpProtocol.Tcp, 22), .. FromNetwork(IpProtocol.Udp, 22)]);
    private static readonly byte[] s_options = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

    private static readonly FirewallOptions s_holding = Options with { Fragments = new FragmentOptions { HoldEarlyFragments = true } };
    private static readonly FirewallOptions s_strict = Options with { Fragments = new FragmentOptions { CheckIPv4Overlaps = true } };

    [Theory, Families]
    public void G01_AllowedReplyInPieces_PassesWhole(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Egress(e.Out.Udp(40000, 53), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(53, 40000), Reason.Established)
            .Ingress(e.In.Next(32), Reason.Established)
            .Ingress(e.In.Last(64), Reason.Established)
            .Check(firewall => Assert.Equal(0, firewall.GetStatistics().FragmentedDatagrams))
            .Run();
    }

    [Theory, Families]
    public void G01_NewPacketInPieces_SharesTheRuleOfItsFirst(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh)
            .Ingress(e.In.Tcp(5000, 22, TcpFlags.Syn, 1, options: s_options).PayloadOfLength(32).Fragment(0, true), Reason.MatchedRule)
            .Ingress(e.In.Last(64, protocol: Tcp), Reason.MatchedRule)
            .Connections(1)
            .Run();
    }

    [Theory, Families]
    public void G02_EarlyLaterFragment_WithoutHold_IsDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh)
            .Ingress(e.In.Last(32), Reason.LaterFragmentWithoutFirst)
            .Wait(0.005)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.Last(32), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    public void G02_EarlyLaterFragment_WithHold_IsHeldAndReleased(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh, s_holding)
            .Ingress(e.In.Last(64), Expect.Held)
            .Ingress(e.In.Last(64), Expect.Held)
            .Wait(0.005)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.Last(64), Reason.MatchedRule)
            .Ingress(e.In.Next(32), Reason.MatchedRule)
            .Ingress(e.In.Last(64), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    public void G03_LaterFragmentWithoutFirst_IsDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        SecurityGroupRule any = Ingress(IpProtocol.Any, Remote.Any);
        foreach (Policy policy in new[] { Web(any), Policy.Create([Group("web", any).WithStateful(false)], [Nic(W, "web")]) })
        {
            new Scenario(policy).Ingress(e.In.Last(1480), Reason.LaterFragmentWithoutFirst).Ingress(e.In.Next(1480), Reason.LaterFragmentWithoutFirst).Run();
        }
    }

    [Theory, Families]
    public void G04_DeniedFirst_TakesTheRestWithIt(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh)
            .Ingress(e.In.FirstUdp(5000, 23), Reason.NoMatchingRule)
            .Ingress(e.In.Next(32), Reason.LaterFragmentWithoutFirst)
            .Ingress(e.In.Last(64), Reason.LaterFragmentWithoutFirst)
            .Check(firewall => Assert.Equal(0, firewall.GetStatistics().FragmentedDatagrams))
            .Run();
        new Scenario(s_ssh, s_holding)
            .Ingress(e.In.FirstUdp(5000, 23), Reason.NoMatchingRule)
            .Ingress(e.In.Last(32), Reason.NoMatchingRule)
            .Ingress(e.In.Last(32, identification: 2), Expect.Held)
            .Ingress(e.In.FirstUdp(5000, 23, 2), Reason.NoMatchingRule)
            .Ingress(e.In.Last(32, identification: 2), Reason.NoMatchingRule)
            .Run();
    }

    [Theory, Families]
    public void G05_FirstWithoutItsWholeHeader_IsTiny(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder syn = e.In.Tcp(5000, 22, options: s_options);
        new Scenario(s_ssh)
            .Ingress(e.In.Protocol(Tcp, new byte[16]).Fragment(0, true), Reason.TinyFragment)
            .Ingress(e.In.Protocol(Tcp, syn.Build()[^32..^8]).Fragment(0, true), Reason.TinyFragment)
            .Ingress(e.In.Last(32, protocol: Tcp), Reason.LaterFragmentWithoutFirst)
            .Ingress(syn.Fragment(0, true), Reason.MatchedRule)
            .Run();
    }

    /// <summary>RFC 1858 and RFC 3128: a piece that lies inside any TCP header is never TCP's.</summary>
    [Theory, Families]
    public void G06_TcpFragmentInsideTheHeader_IsTiny(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh)
            .Ingress(e.In.Last(8, protocol: Tcp), Reason.TinyFragment)
            .Ingress(e.In.Tcp(5000, 22).PayloadOfLength(12).Fragment(0, true), Reason.MatchedRule)
            .Ingress(e.In.Last(8, protocol: Tcp), Reason.TinyFragment)
            .Ingress(e.In.Last(32, protocol: Tcp), Reason.OverlappingFragment)
            .Run();
    }

    [Theory, Families]
    public void G07_FragmentOverTheInspectedHeader_PoisonsTheDatagram(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder first = e.In.Tcp(5000, 22, options: s_options).PayloadOfLength(32).Fragment(0, true);
        new Scenario(s_ssh)
            .Ingress(first, Reason.MatchedRule)
            .Ingress(e.In.Next(24, protocol: Tcp), Reason.TinyFragment)
            .Ingress(e.In.Next(64, protocol: Tcp), Reason.OverlappingFragment)
            .Ingress(e.In.Last(96, protocol: Tcp), Reason.OverlappingFragment)
            .Ingress(first, Reason.OverlappingFragment)
            .Wait(61)
            .Ingress(first, Reason.Established)
            .Ingress(e.In.Last(64, protocol: Tcp), Reason.Established)
            .Run();
    }

    public static TheoryData<int, int, bool> Overlaps => new() { { 40, 32, true }, { 56, 32, true }, { 56, 8, false }, { 32, 40, true }, { 16, 64, true } };

    [Theory, MemberData(nameof(Overlaps))]
    public void G08_AnyOverlap_PoisonsTheDatagram(int offset, int octets, bool more)
    {
        Check(Ends.IPv6, Options, Reason.OverlappingFragment);
        Check(Ends.IPv4, s_strict, Reason.OverlappingFragment);
        if (more)
        {
            Check(Ends.IPv4, Options, Reason.MatchedRule);
        }

        void Check(Ends e, FirewallOptions options, Reason rest) => new Scenario(s_ssh, options)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.Next(32), Reason.MatchedRule)
            .Ingress(more ? e.In.Next(offset, octets) : e.In.Last(offset, octets - 3), rest)
            .Ingress(e.In.Next(128), rest)
            .Ingress(e.In.Last(160), rest)
            .Run();
    }

    /// <summary>RFC 8200 4.5: what a network repeats is dropped alone; the datagram goes on.</summary>
    [Theory, Families]
    public void G08_Duplicate_IsDeniedAlone(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh, s_strict)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.OverlappingFragment)
            .Ingress(e.In.Next(64), Reason.MatchedRule)
            .Ingress(e.In.Next(64), Reason.OverlappingFragment)
            .Ingress(e.In.Next(72, 8), Reason.OverlappingFragment)
            .Ingress(e.In.Last(96), Reason.MatchedRule)
            .Ingress(e.In.Last(96), Reason.OverlappingFragment)
            .Ingress(e.In.Next(32), Reason.MatchedRule)
            .Ingress(e.In.Last(96), Reason.LaterFragmentWithoutFirst)
            .Run();
    }

    [Theory]
    [InlineData(23, 22, 32)]
    [InlineData(5000, 23, 32)]
    [InlineData(5000, 22, 40)]
    public void G08_AnotherFirst_PoisonsTheDatagram(int sourcePort, int destinationPort, int octets)
    {
        PacketBuilder other = Ends.IPv6.In.Udp(sourcePort, destinationPort).UdpLength(900).PayloadOfLength(octets - 8).Fragment(0, true);
        new Scenario(s_ssh)
            .Ingress(Ends.IPv6.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(other, Reason.OverlappingFragment)
            .Ingress(Ends.IPv6.In.Last(64), Reason.OverlappingFragment)
            .Run();
    }

    [Fact]
    public void G09_AtomicFragment_IsAWholePacketAndTakesNoEntry() => new Scenario(s_ssh)
        .Ingress(Ends.IPv6.In.Fragment(0, false).Tcp(5000, 22), Reason.MatchedRule)
        .Check(firewall => Assert.Equal(0, firewall.GetStatistics().FragmentedDatagrams))
        .Ingress(Ends.IPv6.In.FirstUdp(5000, 22), Reason.MatchedRule)
        .Ingress(Ends.IPv6.In.Fragment(0, false).Udp(5001, 22), Reason.MatchedRule)
        .Ingress(Ends.IPv6.In.Last(32), Reason.MatchedRule)
        .Run();

    [Fact]
    public void G10_FirstWithoutUpperHeader_IsDenied() => new Scenario(s_ssh)
        .Ingress(Ends.IPv6.In.Fragment(0, true).DestinationOptions().ProtocolNumber(17), Reason.TinyFragment)
        .Ingress(Ends.IPv6.In.Last(8), Reason.LaterFragmentWithoutFirst)
        .Run();

    [Fact]
    public void G10_HeadersBehindTheFragmentHeader_AreProtectedToo() => new Scenario(s_ssh)
        .Ingress(Ends.IPv6.In.Fragment(0, true).DestinationOptions(new byte[14]).Udp(5000, 22).UdpLength(900).PayloadOfLength(8), Reason.MatchedRule)
        .Ingress(Ends.IPv6.In.Next(16, protocol: 60), Reason.TinyFragment)
        .Ingress(Ends.IPv6.In.Last(32, protocol: 60), Reason.OverlappingFragment)
        .Ingress(Ends.IPv6.In.Fragment(0, true, 2).DestinationOptions(new byte[14]).Udp(5000, 22).UdpLength(900).PayloadOfLength(8), Reason.Established)
        .Ingress(Ends.IPv6.In.Last(32, identification: 2), Reason.LaterFragmentWithoutFirst)
        .Ingress(Ends.IPv6.In.Last(32, identification: 2, protocol: 60), Reason.Established)
        .Run();

    [Theory, Families]
    public void G12_SameIdentificationElsewhere_IsAnotherDatagram(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web", IngressAll, EgressAll)], [Nic(W, "web"), Nic(D, "web")]);
        new Scenario(policy)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.Last(64, protocol: Tcp), Reason.LaterFragmentWithoutFirst)
            .Ingress(e.In.Last(64, identification: 2), Reason.LaterFragmentWithoutFirst)
            .Ingress(PacketBuilder.Ip(e.Stranger, e.W).Last(64), Reason.LaterFragmentWithoutFirst)
            .Ingress(PacketBuilder.Ip(e.X, e.D).Last(64), Reason.LaterFragmentWithoutFirst, D)
            .Egress(e.Out.Last(64), Reason.LaterFragmentWithoutFirst)
            .Egress(PacketBuilder.Ip(e.X, e.W).Last(64), Reason.SpoofedSource)
            .Ingress(e.In.Last(64), Reason.MatchedRule)
            .Run();
    }

    [Fact]
    public void G12_SameIdentificationInAnotherVlan_IsAnotherDatagram()
    {
        Nic nic = Nic(W, "web") with { Options = new NicOptions { VlanIds = [1, 2] } };
        new Scenario(Policy.Create([Group("web", IngressAll)], [nic]), Ethernet)
            .Ingress(Ends.IPv4.In.Vlan(1).FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(Ends.IPv4.In.Vlan(2).Last(32), Reason.LaterFragmentWithoutFirst)
            .Ingress(Ends.IPv4.In.Ethernet().Last(32), Reason.LaterFragmentWithoutFirst)
            .Ingress(Ends.IPv4.In.Vlan(1).Last(32), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    public void G13_FullTable_DeniesFragmentsAndNothingElse(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh, Options with { Fragments = new FragmentOptions { MaxDatagrams = 2 } })
            .Ingress(e.In.FirstUdp(5001, 22, 1), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(5002, 22, 2), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(5003, 22, 3), Reason.FragmentTableFull)
            .Ingress(e.In.Last(32, identification: 3), Reason.LaterFragmentWithoutFirst)
            .Connections(2)
            .Ingress(e.In.Udp(5004, 22), Reason.MatchedRule)
            .Ingress(e.In.Tcp(5004, 22), Reason.MatchedRule)
            .Ingress(e.In.Next(32, identification: 1), Reason.MatchedRule)
            .Ingress(e.In.Last(32, identification: 2), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(5003, 22, 3), Reason.MatchedRule)
            .Ingress(e.In.FirstUdp(5005, 22, 4), Reason.FragmentTableFull)
            .Wait(61)
            .Ingress(e.In.FirstUdp(5005, 22, 4), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    public void G13_OneNicsShare_LeavesRoomForTheOther(Ethertype family)
    {
        Ends e = Ends.For(family);
        Policy policy = Policy.Create([Group("web", IngressAll)], [Nic(W, "web"), Nic(D, "web")]);
        PacketBuilder toD = PacketBuilder.Ip(e.X, e.D);
        new Scenario(policy, Options with { Fragments = new FragmentOptions { MaxDatagrams = 4, HoldEarlyFragments = true } })
            .Ingress(e.In.FirstUdp(5001, 22, 1), Reason.MatchedRule)
            .Ingress(e.In.Last(32, identification: 2), Expect.Held)
            .Ingress(e.In.FirstUdp(5003, 22, 3), Reason.FragmentTableFull)
            .Ingress(e.In.Last(32, identification: 4), Reason.FragmentTableFull)
            .Ingress(toD.FirstUdp(5001, 22, 1), Reason.MatchedRule, D)
            .Ingress(toD.FirstUdp(5002, 22, 2), Reason.MatchedRule, D)
            .Ingress(toD.FirstUdp(5003, 22, 3), Reason.FragmentTableFull, D)
            .Run();
    }

    [Theory, Families]
    public void G14_FragmentBeyondTheLargestDatagram_IsMalformed(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_ssh)
            .Ingress(e.In.FirstUdp(5000, 22), Reason.MatchedRule)
            .Ingress(e.In.Last(65528, 8), Reason.Malformed)
            .Ingress(e.In.Last(32), Reason.MatchedRule)
            .Run();
    }
}
