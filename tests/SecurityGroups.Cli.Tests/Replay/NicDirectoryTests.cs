using System.Net;
using System.Net.NetworkInformation;
using SecurityGroups.Cli;
using SecurityGroups.Cli.Replay;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Replay;

public sealed class NicDirectoryTests
{
    private const string WebMac = "02:00:00:00:00:10";
    private const string OutsideMac = "02:00:00:00:00:99";

    private static readonly Nic s_web = Nic("web", WebMac, "10.0.0.10", "2001:db8::10");
    private static readonly Nic s_db = Nic("db", null, "10.0.0.20");

    [Fact]
    public void Sender_OfAFrame_GoesByMacWhereTheNicHasOne()
    {
        Assert.Equal("web", Sender(From("10.9.9.9", WebMac), s_web, s_db));
        Assert.Null(Sender(From("10.0.0.10", OutsideMac), s_web, s_db));
        Assert.Equal("db", Sender(From("10.0.0.20", OutsideMac), s_web, s_db));
        Assert.Null(Sender(From("203.0.113.7", OutsideMac), s_web, s_db));
    }

    [Fact]
    public void Sender_WithoutHardwareAddresses_GoesByAddress()
    {
        Assert.Equal("web", Sender(From("10.0.0.10", OutsideMac), hasMacs: false, s_web, s_db));
        Assert.Null(Sender(From("10.9.9.9", WebMac), hasMacs: false, s_web, s_db));
    }

    [Fact]
    public void Sender_TwoNicsOfOneMac_GoesByAddressAmongThem()
    {
        Nic twin = Nic("twin", WebMac, "10.0.0.11");
        Assert.Equal("twin", Sender(From("10.0.0.11", WebMac), s_web, twin));
        ToolException error = Assert.Throws<ToolException>(() => Sender(From("10.9.9.9", WebMac), s_web, twin));
        Assert.StartsWith("Packet 5: the source 10.9.9.9 may be NIC 'twin' or 'web'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Receiver_OwnsTheDestination_ByAddressOrAllowedPrefix()
    {
        Nic router = Nic("router", null, "10.0.0.1") with { AllowedAddresses = [Cidr.Parse("172.16.0.0/12")] };
        Assert.Equal("web", Receiver(To("10.0.0.10"), s_web, s_db, router));
        Assert.Equal("router", Receiver(To("172.16.3.4"), s_web, s_db, router));
        Assert.Null(Receiver(To("203.0.113.7"), s_web, s_db, router));
    }

    [Fact]
    public void Receiver_SeveralOwners_TheDestinationMacDecides()
    {
        Nic other = Nic("other", OutsideMac, "10.0.0.10");
        Assert.Equal("web", Receiver(To("10.0.0.10", WebMac), s_web, other));
        Assert.Equal("other", Receiver(To("10.0.0.10", OutsideMac), s_web, other));
    }

    [Fact]
    public void Receiver_SeveralOwners_TheSendersNetworkThenTheLongestPrefixDecides()
    {
        Nic elsewhere = Nic("elsewhere", null, "10.0.0.20") with { NetworkId = "n2" };
        Nic sender = Nic("sender", WebMac, "10.0.0.9") with { NetworkId = "n2" };
        Assert.Equal("elsewhere", Receiver(To("10.0.0.20"), s_db, elsewhere, sender));

        Nic broad = Nic("broad", null, "10.0.0.2") with { AllowedAddresses = [Cidr.Parse("10.0.0.0/24")] };
        Assert.Equal("db", Receiver(To("10.0.0.20"), s_db, broad));
    }

    [Fact]
    public void Receiver_NothingDecides_IsAnErrorNamingBoth()
    {
        Nic other = Nic("other", null, "10.0.0.20");
        ToolException error = Assert.Throws<ToolException>(() => Receiver(To("10.0.0.20"), s_db, other));
        Assert.Equal(
            "Packet 5: the destination 10.0.0.20 may be NIC 'db' or 'other'; choose with --nic, --egress-nic or --ingress-nic, or give the NICs their MACs.",
            error.Message);
    }

    [Fact]
    public void Receiver_OneNicOwningTwice_IsNotAmbiguous() =>
        Assert.Equal("web", Receiver(To("10.0.0.10"), s_web with { AllowedAddresses = [Cidr.Parse("10.0.0.10/32")] }));

    [Fact]
    public void LinkLocal_IsListedElseFromTheMacElseNobodysWhenShared()
    {
        Nic listed = Nic("listed", "02:00:00:00:00:11", "fe80::5");
        Assert.Equal("web", Receiver(To("fe80::ff:fe00:10"), s_web, listed));
        Assert.Equal("listed", Receiver(To("fe80::5"), s_web, listed));
        Assert.Null(Receiver(To("fe80::ff:fe00:11"), s_web, listed));
        Assert.Equal("db", Receiver(To("fe80::1234"), s_web, s_db));
        Assert.Null(Receiver(To("fe80::1234"), s_db, Nic("other", null, "10.0.0.30")));
    }

    [Fact]
    public void Receiver_AddressesNotChecked_GoesByMac()
    {
        Nic open = Nic("open", OutsideMac) with { AddressChecks = false };
        Assert.Equal("open", Receiver(To("198.51.100.1", OutsideMac), s_web, open));
        Assert.Null(Receiver(To("198.51.100.1", WebMac), s_web, open));
    }

    [Theory]
    [InlineData("224.0.0.251", true)]
    [InlineData("239.255.255.250", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("10.0.0.255", true)]
    [InlineData("10.0.1.255", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("ff02::1", true)]
    [InlineData("fe80::1", false)]
    public void Everyone_IsMulticastAndBroadcast(string destination, bool isForEveryone)
    {
        Nic web = s_web with { Addresses = [new NicAddress(IPAddress.Parse("10.0.0.10"), 24)] };
        (NicDirectory nics, ParsedPacket packet) = Prepare(To(destination), web);
        Assert.Equal(isForEveryone, nics.IsForEveryone(packet, hasMacs: true));
    }

    [Fact]
    public void Arp_Broadcast_IsForEveryoneAndAnswersForOne()
    {
        (NicDirectory nics, ParsedPacket request) = Prepare(PacketBuilder.ArpRequest(OutsideMac, "10.0.0.1", "10.0.0.10"), s_web);
        Assert.True(nics.IsForEveryone(request, hasMacs: true));
        byte[] reply = PacketBuilder.ArpReply(OutsideMac, "10.0.0.1", WebMac, "10.0.0.10");
        (nics, ParsedPacket answer) = Prepare(reply, s_web);
        Assert.False(nics.IsForEveryone(answer, hasMacs: true));
        Assert.Equal("web", Receiver(reply, s_web));
    }

    [Fact]
    public void OnlyNamedNics_AreKnown()
    {
        Firewall firewall = FirewallOf(s_web, s_db);
        NicDirectory nics = new(firewall, new HashSet<string> { "db" });
        Assert.Equal(["db"], nics.All.Select(nic => nic.Id));
        Assert.Null(nics.Find("web"));
    }

    private static byte[] From(string source, string mac) => PacketBuilder.Ip(source, "198.51.100.1").Udp(1000, 53).Ethernet(mac, "02:00:00:00:00:aa");

    private static byte[] To(string destination, string mac = "02:00:00:00:00:aa") =>
        PacketBuilder.Ip(destination.Contains(':', StringComparison.Ordinal) ? "2001:db8::7" : "203.0.113.7", destination).Udp(1000, 53).Ethernet(WebMac, mac);

    private static Nic Nic(string id, string? mac, params string[] addresses) => new(id)
    {
        Mac = mac is null ? null : PhysicalAddress.Parse(mac),
        Addresses = [.. addresses.Select(address => new NicAddress(IPAddress.Parse(address)))],
    };

    private static string? Sender(byte[] frame, params Nic[] nics) => Sender(frame, true, nics);

    private static string? Sender(byte[] frame, bool hasMacs, params Nic[] nics)
    {
        (NicDirectory directory, ParsedPacket packet) = Prepare(frame, nics);
        return directory.FindSender(packet, hasMacs, 5)?.Id;
    }

    private static string? Receiver(byte[] frame, params Nic[] nics)
    {
        (NicDirectory directory, ParsedPacket packet) = Prepare(frame, nics);
        return directory.FindReceiver(packet, hasMacs: true, directory.Find("sender"), 5)?.Id;
    }

    private static (NicDirectory Directory, ParsedPacket Packet) Prepare(byte[] frame, params Nic[] nics)
    {
        PacketParser.Parse(frame, LinkType.Ethernet, default, out ParsedPacket packet);
        return (new NicDirectory(FirewallOf(nics), new HashSet<string>()), packet);
    }

    private static Firewall FirewallOf(params Nic[] nics) => ReplayFirewall.Create(Policy.Create([], nics), new ConnectionTrackingOptions { MaxConnections = 16 });
}
