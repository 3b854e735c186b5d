using System.Net;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Semantics.md section 6 and what decisions.md adds: infrastructure traffic, spoofing, martians, Land.</summary>
public sealed class SemanticsInfrastructureTests
{
    private const string Own = "2001:db8::10";
    private const string OwnLinkLocal = "fe80::10";
    private const string Router = "fe80::1";
    private const string OtherMac = "02:00:00:00:00:99";

    /// <summary>No rules; MAC and link-local address stated.</summary>
    private static readonly Policy s_silent = Web().UpdateNic(
        W, nic => nic with { Mac = Mac(), Addresses = [.. nic.Addresses, IPAddress.Parse(OwnLinkLocal)] });

    /// <summary>The same with every rule that can be made.</summary>
    private static readonly Policy s_open = s_silent.SetRules("web", EgressAll, IngressAll);

    /// <summary>Packet, reason when it leaves W, reason when it enters W; null = not asked. The rules allow nothing.</summary>
    private static readonly Dictionary<string, (PacketBuilder Packet, Reason? Egress, Reason? Ingress)> s_discovery = new()
    {
        ["133"] = (PacketBuilder.RouterSolicitation(OwnLinkLocal), Reason.Infrastructure, null),
        ["133 from ::"] = (PacketBuilder.RouterSolicitation("::"), Reason.Infrastructure, null),
        ["133 from :: to unicast"] = (PacketBuilder.RouterSolicitation("::").Between("::", Router), Reason.SpoofedSource, null),
        ["133 spoofed"] = (PacketBuilder.RouterSolicitation("fe80::99"), Reason.SpoofedSource, null),
        ["133 in is not among what passes"] = (PacketBuilder.RouterSolicitation(Router), null, Reason.NoMatchingRule),
        ["133 to unicast"] = (PacketBuilder.RouterSolicitation(OwnLinkLocal).Between(OwnLinkLocal, Router), Reason.NoMatchingRule, null),
        ["134 in"] = (PacketBuilder.RouterAdvertisement(Router), null, Reason.Infrastructure),
        ["134 in, not link-local"] = (PacketBuilder.RouterAdvertisement("2001:db8::1"), null, Reason.BadNeighborDiscovery),
        ["134 out"] = (PacketBuilder.RouterAdvertisement(OwnLinkLocal), Reason.InfrastructureBan, null),
        ["135"] = (PacketBuilder.NeighborSolicitation(Own, "2001:db8::1"), Reason.Infrastructure, null),
        ["135 unicast to the target"] = (PacketBuilder.NeighborSolicitation(Own, "2001:db8::1", "2001:db8::1"), Reason.Infrastructure, null),
        ["135 to somebody else"] = (PacketBuilder.NeighborSolicitation(Own, "2001:db8::1", "2001:db8::2"), Reason.NoMatchingRule, null),
        ["135 probe of an owned target"] = (PacketBuilder.NeighborSolicitation("::", Own), Reason.Infrastructure, null),
        ["135 probe of another target"] = (PacketBuilder.NeighborSolicitation("::", "2001:db8::99"), Reason.SpoofedSource, null),
        ["135 probe sent to the target"] = (PacketBuilder.NeighborSolicitation("::", Own, Own), Reason.SpoofedSource, null),
        ["135 probe sent elsewhere"] = (PacketBuilder.NeighborSolicitation("::", Own, "2001:db8:113::7"), Reason.SpoofedSource, null),
        ["135 spoofed"] = (PacketBuilder.NeighborSolicitation("2001:db8::99", "2001:db8::1"), Reason.SpoofedSource, null),
        ["135 in"] = (PacketBuilder.NeighborSolicitation("2001:db8::1", Own), null, Reason.Infrastructure),
        ["136 of an owned target"] = (PacketBuilder.NeighborAdvertisement(Own, Own), Reason.Infrastructure, null),
        ["136 of another target"] = (PacketBuilder.NeighborAdvertisement(Own, "2001:db8::99"), Reason.SpoofedSource, null),
        ["136 in"] = (PacketBuilder.NeighborAdvertisement("2001:db8::1", "2001:db8::1", Own), null, Reason.Infrastructure),
        ["137 in"] = (PacketBuilder.Redirect(Router, Own), null, Reason.InfrastructureBan),
        ["MLD query in"] = (PacketBuilder.MulticastListener(130, Router, "ff02::1"), null, Reason.Infrastructure),
        ["MLD report out"] = (PacketBuilder.MulticastListener(131, OwnLinkLocal, "ff02::1:ff00:10"), Reason.Infrastructure, null),
        ["MLD report from ::"] = (PacketBuilder.MulticastListener(131, "::", "ff02::1:ff00:10"), Reason.Infrastructure, null),
        ["MLD done out"] = (PacketBuilder.MulticastListener(132, OwnLinkLocal, "ff02::2"), Reason.Infrastructure, null),
        ["MLDv2 report"] = (PacketBuilder.MulticastListener(143, OwnLinkLocal), Reason.Infrastructure, null),
        ["MLDv2 report from ::"] = (PacketBuilder.MulticastListener(143, "::"), Reason.Infrastructure, null),
        ["MLD report from :: beyond the link"] = (PacketBuilder.MulticastListener(131, "::", "ff05::2"), Reason.SpoofedSource, null),
        ["MLD report from :: with hop limit 2"] = (PacketBuilder.MulticastListener(131, "::").HopLimit(2), Reason.SpoofedSource, null),
        ["MLDv2 report from :: without Router Alert"] = (PacketBuilder.MulticastListener(143, "::").WithoutExtensions(), Reason.SpoofedSource, null),
        ["MLDv2 report from :: to unicast"] = (PacketBuilder.MulticastListener(143, "::", "2001:db8:113::7"), Reason.SpoofedSource, null),
        ["MLD report beyond the link"] = (PacketBuilder.MulticastListener(131, OwnLinkLocal, "ff05::2"), Reason.NoMatchingRule, null),
        ["MLD with hop limit 2"] = (PacketBuilder.MulticastListener(131, OwnLinkLocal, "ff02::2").HopLimit(2), Reason.NoMatchingRule, null),
        ["MLD without Router Alert"] = (PacketBuilder.MulticastListener(131, OwnLinkLocal, "ff02::2").WithoutExtensions(), Reason.NoMatchingRule, null),
        ["MLD from a global address"] = (PacketBuilder.MulticastListener(131, Own, "ff02::2"), Reason.NoMatchingRule, null),
        ["MLD done from ::"] = (PacketBuilder.MulticastListener(132, "::", "ff02::2"), Reason.SpoofedSource, null),
        ["IGMP report"] = (PacketBuilder.Igmp("10.0.0.10"), Reason.Infrastructure, null),
        ["IGMP query in"] = (PacketBuilder.Igmp("10.0.0.1", "224.0.0.1", 0x11), null, Reason.Infrastructure),
        ["IGMP spoofed"] = (PacketBuilder.Igmp("10.0.0.99"), Reason.SpoofedSource, null),
        ["IGMP with TTL 2"] = (PacketBuilder.Igmp("10.0.0.10").HopLimit(2), Reason.NoMatchingRule, null),
        ["IGMP to a wide group"] = (PacketBuilder.Igmp("10.0.0.10", "239.1.2.3"), Reason.NoMatchingRule, null),
        ["DHCPv4 request"] = (PacketBuilder.DhcpRequest(), Reason.Infrastructure, null),
        ["DHCPv4 request with address"] = (PacketBuilder.DhcpRequest("10.0.0.10"), Reason.Infrastructure, null),
        ["DHCPv4 unicast renewal goes by the rules"] = (PacketBuilder.DhcpRequest("10.0.0.10", "10.0.0.1"), Reason.NoMatchingRule, null),
        ["DHCPv4 unicast from 0.0.0.0"] = (PacketBuilder.DhcpRequest("0.0.0.0", "10.0.0.1"), Reason.Martian, null),
        ["DHCPv4 answer without request"] = (PacketBuilder.DhcpAnswer("10.0.0.1"), null, Reason.NoMatchingRule),
        ["DHCPv6 request"] = (PacketBuilder.DhcpV6Request(OwnLinkLocal), Reason.Infrastructure, null),
        ["DHCPv6 request from a global address"] = (PacketBuilder.DhcpV6Request(Own), Reason.NoMatchingRule, null),
        ["DHCPv6 request to elsewhere"] = (PacketBuilder.DhcpV6Request(OwnLinkLocal, "ff05::1:3"), Reason.NoMatchingRule, null),
        ["DHCPv6 answer from the link"] = (PacketBuilder.DhcpV6Answer(Router, OwnLinkLocal), null, Reason.Infrastructure),
        ["DHCPv6 answer from outside"] = (PacketBuilder.DhcpV6Answer("2001:db8:113::7", OwnLinkLocal), null, Reason.NoMatchingRule),
        ["DHCPv6 server"] = (PacketBuilder.DhcpV6Answer(OwnLinkLocal, "fe80::20"), Reason.InfrastructureBan, null),
        ["DHCPv4 server"] = (PacketBuilder.DhcpAnswer("10.0.0.10"), Reason.InfrastructureBan, null),
    };

    /// <summary>ARP: sender pair and target; the frame's source is the sender's MAC.</summary>
    private static readonly Dictionary<string, (PacketBuilder Packet, Reason Expected)> s_arpOut = new()
    {
        ["request"] = (PacketBuilder.ArpRequest(WMac, "10.0.0.10", "10.0.0.1"), Reason.Infrastructure),
        ["reply"] = (PacketBuilder.ArpReply(WMac, "10.0.0.10", OtherMac, "10.0.0.1"), Reason.Infrastructure),
        ["announcement"] = (PacketBuilder.ArpRequest(WMac, "10.0.0.10", "10.0.0.10"), Reason.Infrastructure),
        ["probe of an owned target"] = (PacketBuilder.ArpRequest(WMac, "0.0.0.0", "10.0.0.10"), Reason.Infrastructure),
        ["probe of another target"] = (PacketBuilder.ArpRequest(WMac, "0.0.0.0", "10.0.0.99"), Reason.SpoofedSource),
        ["reply from 0.0.0.0"] = (PacketBuilder.ArpReply(WMac, "0.0.0.0", OtherMac, "10.0.0.10"), Reason.SpoofedSource),
        ["sender address not owned"] = (PacketBuilder.ArpRequest(WMac, "10.0.0.99", "10.0.0.1"), Reason.SpoofedSource),
        ["frame from another MAC"] = (PacketBuilder.ArpRequest(WMac, "10.0.0.10", "10.0.0.1").Ethernet(OtherMac), Reason.SpoofedSource),
        ["sender of another MAC"] = (PacketBuilder.ArpRequest(OtherMac, "10.0.0.10", "10.0.0.1").Ethernet(WMac), Reason.SpoofedSource),
        ["cut"] = (PacketBuilder.ArpRequest(WMac, "10.0.0.10", "10.0.0.1").Truncate(14 + 27), Reason.Malformed),
        ["hardware length"] = (PacketBuilder.ArpRequest(WMac, "10.0.0.10", "10.0.0.1").Patch(4, 8), Reason.Malformed),
        ["protocol length"] = (PacketBuilder.ArpRequest(WMac, "10.0.0.10", "10.0.0.1").Patch(5, 16), Reason.Malformed),
    };

    public static TheoryData<string> DiscoveryRows => [.. s_discovery.Keys];

    public static TheoryData<string> ArpRows => [.. s_arpOut.Keys];

    [Theory, MemberData(nameof(DiscoveryRows))]
    [Trait("Semantics", "37")]
    [Trait("Semantics", "38")]
    [Trait("Semantics", "39")]
    public void Infrastructure_GoesByItsForm(string row)
    {
        (PacketBuilder packet, Reason? egress, Reason? ingress) = s_discovery[row];
        Scenario scenario = new(s_silent, Ethernet);
        _ = egress is { } leaving ? scenario.Egress(packet.Ethernet(WMac), leaving) : scenario;
        _ = ingress is { } entering ? scenario.Ingress(packet.Ethernet(OtherMac, WMac), entering) : scenario;
        Named(row, scenario.Connections(0));
    }

    [Theory, MemberData(nameof(ArpRows))]
    [Trait("Semantics", "37")]
    public void ArpOut_GoesByItsSenderPair(string row) =>
        Named(row, new Scenario(s_silent, Ethernet).Egress(s_arpOut[row].Packet, s_arpOut[row].Expected));

    [Fact]
    [Trait("Semantics", "38")]
    public void ArpIn_Passes() => new Scenario(s_silent, Ethernet)
        .Ingress(PacketBuilder.ArpRequest(OtherMac, "10.0.0.1", "10.0.0.10"), Reason.Infrastructure)
        .Ingress(PacketBuilder.ArpReply(OtherMac, "10.0.0.1", WMac, "10.0.0.10"), Reason.Infrastructure)
        .Run();

    /// <summary>No rule may admit neighbor discovery that breaks RFC 4861.</summary>
    [Theory]
    [Trait("Semantics", "38")]
    [InlineData(133)]
    [InlineData(134)]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(137)]
    public void NeighborDiscovery_OutOfForm_IsDeniedWhateverTheRules(int type)
    {
        PacketBuilder good = type switch
        {
            133 => PacketBuilder.RouterSolicitation(Router),
            134 => PacketBuilder.RouterAdvertisement(Router),
            135 => PacketBuilder.NeighborSolicitation(Router, Own),
            136 => PacketBuilder.NeighborAdvertisement(Router, Router),
            _ => PacketBuilder.Redirect(Router, Own),
        };
        FirewallOptions options = Ethernet with { Infrastructure = InfrastructureTraffic.Default | InfrastructureTraffic.RedirectIngress };
        new Scenario(s_open, options)
            .Ingress(good.HopLimit(254).Ethernet(), Reason.BadNeighborDiscovery)
            .Ingress(good.HopLimit(64).Ethernet(), Reason.BadNeighborDiscovery)
            .Ingress(good.PatchTransport(1, 1).Ethernet(), Reason.BadNeighborDiscovery)
            .Ingress(good.DestinationOptions().Ethernet(), Reason.BadNeighborDiscovery)
            .Ingress(good.Fragment(0, false).Ethernet(), Reason.BadNeighborDiscovery)
            .Ingress(good.Ethernet(), type == 133 ? Reason.MatchedRule : Reason.Infrastructure)
            .Run();
    }

    [Fact]
    public void Redirect_PassesOnlyWhenSwitchedOn() => new Scenario(s_open, Ethernet)
        .Ingress(PacketBuilder.Redirect(Router, Own).Ethernet(), Reason.InfrastructureBan).Run();

    [Fact]
    [Trait("Semantics", "38")]
    public void DhcpAnswer_PassesWithin60SecondsOfTheNicsOwnRequest() => new Scenario(s_silent.WithNic(Nic(D)), Ethernet)
        .Egress(PacketBuilder.DhcpRequest().Ethernet(WMac), Reason.Infrastructure)
        .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1").Ethernet(), Reason.Infrastructure)
        .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1", "10.0.0.10").Ethernet(), Reason.Infrastructure)
        .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1").Ethernet(), Reason.NoMatchingRule, D)
        .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1", "10.0.0.77").Ethernet(), Reason.NotForThisNic)
        .Wait(61)
        .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1").Ethernet(), Reason.NoMatchingRule)
        .NotRestored("DHCP requests are not saved")
        .Run();

    /// <summary>A clock that was set back must not keep the window open until it has caught up.</summary>
    [Theory]
    [InlineData(-60, Reason.Infrastructure)]
    [InlineData(-61, Reason.NoMatchingRule)]
    [InlineData(-3600, Reason.NoMatchingRule)]
    [Trait("Semantics", "38")]
    public void DhcpAnswer_AfterTheClockWentBack_PassesWithin60SecondsEitherWay(int seconds, Reason expected) => new Scenario(s_silent, Ethernet)
        .Egress(PacketBuilder.DhcpRequest().Ethernet(WMac), Reason.Infrastructure)
        .Wait(seconds)
        .Ingress(PacketBuilder.DhcpAnswer("10.0.0.1").Ethernet(), expected)
        .NotRestored("DHCP requests are not saved")
        .Run();

    /// <summary>With its flag off, infrastructure goes by the rules.</summary>
    [Fact]
    [Trait("Semantics", "37")]
    public void Flags_AreSeparatelySwitchable()
    {
        (InfrastructureTraffic Flag, PacketBuilder Packet)[] rows =
        [
            (InfrastructureTraffic.NeighborDiscovery, PacketBuilder.NeighborSolicitation(Own, "2001:db8::1")),
            (InfrastructureTraffic.MulticastListener, PacketBuilder.MulticastListener(143, OwnLinkLocal)),
            (InfrastructureTraffic.Igmp, PacketBuilder.Igmp("10.0.0.10")),
            (InfrastructureTraffic.DhcpV4, PacketBuilder.DhcpRequest("10.0.0.10")),
            (InfrastructureTraffic.DhcpV6, PacketBuilder.DhcpV6Request(OwnLinkLocal)),
        ];
        foreach ((InfrastructureTraffic flag, PacketBuilder packet) in rows)
        {
            FirewallOptions off = Ethernet with { Infrastructure = InfrastructureTraffic.Default & ~flag };
            Named(flag.ToString(), new Scenario(s_silent, off).Egress(packet.Ethernet(WMac), Reason.NoMatchingRule));
            Named(flag.ToString(), new Scenario(s_open, off).Egress(packet.Ethernet(WMac), Reason.MatchedRule));
        }

        FirewallOptions none = Ethernet with { Infrastructure = InfrastructureTraffic.None };
        new Scenario(s_open, none)
            .Egress(PacketBuilder.DhcpAnswer("10.0.0.10").Ethernet(WMac), Reason.MatchedRule)
            .Egress(PacketBuilder.RouterAdvertisement(OwnLinkLocal).Ethernet(WMac), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "40")]
    public void EgressSource_MustBeOwned(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(s_open, Ethernet)
            .Egress(e.Out.Udp(1, 2).Ethernet(WMac), Reason.MatchedRule)
            .Egress(PacketBuilder.Ip(e.D, e.X).Udp(1, 2).Ethernet(WMac), Reason.SpoofedSource)
            .Egress(e.Out.Udp(1, 2).Ethernet(OtherMac), Reason.SpoofedSource)
            .Run();
    }

    [Fact]
    [Trait("Semantics", "40")]
    public void LinkLocalSource_IsOwnedWhenListedElseByMacElseAny()
    {
        PacketBuilder From(string source) => PacketBuilder.Ip(source, "ff02::fb").Udp(5353, 5353).Ethernet(WMac);
        Policy open = Web(EgressAll);
        new Scenario(s_open, Ethernet).Egress(From(OwnLinkLocal), Reason.MatchedRule).Egress(From("fe80::11"), Reason.SpoofedSource).Run();
        new Scenario(open.UpdateNic(W, nic => nic with { Mac = Mac() }), Ethernet)
            .Egress(From("fe80::f816:3eff:fe00:10"), Reason.MatchedRule).Egress(From("fe80::11"), Reason.SpoofedSource).Run();
        new Scenario(open, Ethernet).Egress(From("fe80::11"), Reason.MatchedRule).Run();
    }

    /// <summary>Link-local prefixes among the allowed addresses are a statement too: nothing is added to them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Semantics", "40")]
    public void LinkLocalSource_InAllowedAddresses_IsListed(bool hasMac)
    {
        PacketBuilder From(string source) => PacketBuilder.Ip(source, "ff02::fb").Udp(5353, 5353).Ethernet(WMac);
        Policy policy = Web(EgressAll).UpdateNic(W, nic => nic with { Mac = hasMac ? Mac() : null, AllowedAddresses = Cidrs("fe80::10/127") });
        new Scenario(policy, Ethernet)
            .Egress(From("fe80::11"), Reason.MatchedRule)
            .Egress(From("fe80::12"), Reason.SpoofedSource)
            .Egress(From("fe80::f816:3eff:fe00:10"), Reason.SpoofedSource)
            .Run();
    }

    [Fact]
    [Trait("Semantics", "40")]
    public void NicOfOneFamily_OwnsOnlyLinkLocalInTheOther()
    {
        Policy policy = Policy.Create([Group("web", EgressAll)], [NicAt(W, IPAddress.Parse(Ends.IPv4.W)) with { SecurityGroups = ["web"] }]);
        new Scenario(policy)
            .Egress(Ends.IPv6.Out.Udp(1, 2), Reason.SpoofedSource)
            .Egress(PacketBuilder.Ip(OwnLinkLocal, "ff02::fb").Udp(1, 2), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    [Trait("Semantics", "41")]
    public void IngressDestination_MustBeOwnedBroadcastOrMulticast(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder elsewhere = PacketBuilder.Ip(e.X, e.D).Udp(1, 2);
        PacketBuilder multicast = PacketBuilder.Ip(e.X, e.IsIPv4 ? "239.1.2.3" : "ff05::3").Udp(1, 2);
        new Scenario(Web(IngressAll)).Ingress(elsewhere, Reason.NotForThisNic).Ingress(multicast, Reason.MatchedRule).Connections(0).Run();
        new Scenario(Web(IngressAll), Options with { CheckDestination = false }).Ingress(elsewhere, Reason.MatchedRule).Run();
    }

    [Fact]
    [Trait("Semantics", "41")]
    public void DirectedBroadcast_CountsWhenThePrefixLengthIsKnown()
    {
        Nic nic = new(W) { Addresses = [new NicAddress(IPAddress.Parse("10.0.0.10"), 24)], SecurityGroups = ["web"] };
        PacketBuilder broadcast = PacketBuilder.Ip("10.0.0.20", "10.0.0.255").Udp(1, 2);
        new Scenario(Policy.Create([Group("web", IngressAll)], [nic])).Ingress(broadcast, Reason.MatchedRule).Connections(0).Run();
        new Scenario(Web(IngressAll)).Ingress(broadcast, Reason.NotForThisNic).Ingress(broadcast.Between("10.0.0.20", "255.255.255.255"), Reason.MatchedRule).Run();
    }

    [Fact]
    [Trait("Semantics", "42")]
    public void NicWithoutAddresses_SaysThatAddressesAreNotChecked()
    {
        Nic nic = new(W) { SecurityGroups = ["web"] };
        SecurityGroup group = Group("web", EgressAll, IngressAll);
        Assert.Throws<PolicyException>(() => new Firewall(Policy.Create([group], [nic]), Options));
        new Scenario(Policy.Create([group], [nic with { AddressChecks = false, Mac = Mac() }]), Ethernet)
            .Egress(PacketBuilder.Ip("198.51.100.9", "203.0.113.7").Udp(1, 2).Ethernet(WMac), Reason.MatchedRule)
            .Ingress(PacketBuilder.Ip("203.0.113.7", "198.51.100.200").Udp(1, 2).Ethernet(), Reason.MatchedRule)
            .Egress(PacketBuilder.Ip("198.51.100.9", "203.0.113.7").Udp(1, 2).Ethernet(OtherMac), Reason.SpoofedSource)
            .Run();
    }

    [Theory]
    [InlineData("224.0.0.5", MartianSources.Multicast)]
    [InlineData("ff02::5", MartianSources.Multicast)]
    [InlineData("255.255.255.255", MartianSources.Broadcast)]
    [InlineData("127.0.0.1", MartianSources.Loopback)]
    [InlineData("::1", MartianSources.Loopback)]
    [InlineData("::ffff:10.0.0.1", MartianSources.IPv4Mapped)]
    [InlineData("0.0.0.1", MartianSources.ThisNetwork)]
    [InlineData("240.0.0.1", MartianSources.ClassE)]
    public void MartianSource_HasOneSwitchPerClass(string source, MartianSources martian)
    {
        IPAddress address = IPAddress.Parse(source);
        PacketBuilder packet = PacketBuilder.Ip(address, IPAddress.Parse(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? Ends.IPv4.W : Own)).Udp(1, 2);
        Policy open = Web(IngressAll);
        Reason byDefault = martian == MartianSources.ClassE ? Reason.MatchedRule : Reason.Martian;
        new Scenario(open).Ingress(packet, byDefault).Run();
        new Scenario(open, Options with { Martians = martian }).Ingress(packet, Reason.Martian).Run();
        new Scenario(open, Options with { Martians = MartianSources.Default & ~martian }).Ingress(packet, Reason.MatchedRule).Run();
    }

    [Fact]
    public void MartianSource_NamedByAPrefixRuleOrOwned_IsNone()
    {
        PacketBuilder packet = PacketBuilder.Ip("127.0.0.1", Ends.IPv4.W).Udp(1, 2);
        new Scenario(Web(Ingress(IpProtocol.Udp, Remote.Network("127.0.0.0/8")))).Ingress(packet, Reason.MatchedRule).Run();
        Policy owner = Web(EgressAll).UpdateNic(W, nic => nic with { AllowedAddresses = Cidrs("127.0.0.1") });
        new Scenario(owner).Egress(PacketBuilder.Ip("127.0.0.1", Ends.IPv4.X).Udp(1, 2), Reason.MatchedRule).Run();
    }

    /// <summary>A prefix names a martian when it lies inside the martian's own block, whichever way its rule points.</summary>
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.0/8", "126.0.0.0/7")]
    [InlineData("127.0.0.1", "127.0.0.1/32", "0.0.0.0/1")]
    [InlineData("224.0.0.5", "224.0.0.0/4", "224.0.0.0/3")]
    [InlineData("0.0.0.7", "0.0.0.0/8", "0.0.0.0/7")]
    [InlineData("240.0.0.1", "240.0.0.0/4", "224.0.0.0/3")]
    [InlineData("255.255.255.255", "255.255.255.255/32", "255.255.255.254/31")]
    [InlineData("10.0.0.255", "10.0.0.255/32", "10.0.0.0/8")]
    [InlineData("::1", "::1/128", "::/127")]
    [InlineData("ff02::5", "ff00::/8", "fe00::/7")]
    [InlineData("::ffff:10.0.0.1", "::ffff:0:0/96", "::/80")]
    public void MartianSource_NamedByAPrefix_OnlyInsideItsBlock(string source, string naming, string wide)
    {
        IPAddress address = IPAddress.Parse(source);
        bool isIPv4 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        PacketBuilder packet = PacketBuilder.Ip(address, IPAddress.Parse(isIPv4 ? Ends.IPv4.W : Own)).Udp(1, 2);
        FirewallOptions all = Options with { Martians = MartianSources.Default | MartianSources.ClassE };
        foreach (Func<Remote, SecurityGroupRule> rule in new Func<Remote, SecurityGroupRule>[] { r => Ingress(IpProtocol.Udp, r), r => Egress(IpProtocol.Udp, r) })
        {
            Policy Named(string prefix) => Web(IngressAll, rule(Remote.Network(prefix)))
                .UpdateNic(W, nic => nic with { Addresses = [new NicAddress(IPAddress.Parse(Ends.IPv4.W), 24), IPAddress.Parse(Own)] });
            new Scenario(Named(wide), all).Ingress(packet, Reason.Martian).Run();
            new Scenario(Named(naming), all).Ingress(packet, Reason.MatchedRule).Run();
        }
    }

    [Theory, Families]
    public void Land_IsDeniedAndAnOwnedSourceIsOtherwiseOrdinary(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder self = PacketBuilder.Ip(e.W, e.W);
        new Scenario(Web(IngressAll, EgressAll))
            .Ingress(self.Tcp(5, 5), Reason.Land)
            .Ingress(self.Udp(5, 5), Reason.Land)
            .Ingress(self.EchoRequest(), Reason.Land)
            .Egress(self.Protocol(47, 1, 2, 3, 4), Reason.Land)
            .Ingress(self.Tcp(5, 6), Reason.MatchedRule)
            .Run();
    }

    private static void Named(string row, Scenario scenario)
    {
        Exception? failure = Record.Exception(() => scenario.Run());
        Assert.True(failure is null, $"{row}: {failure?.Message}");
    }
}
