using System.Net;

namespace SecurityGroups.Tests.Support;

// ARP, neighbor discovery, MLD, IGMP, DHCP: as a well-behaved stack sends them; vary them with the other calls.
internal sealed partial record PacketBuilder
{
    public const string BroadcastMac = "ff:ff:ff:ff:ff:ff";

    /// <summary>An ARP packet in its Ethernet frame: to everybody for a request, to the target for a reply.</summary>
    public static PacketBuilder Arp(
        int operation, string senderMac, string senderAddress, string targetAddress, string targetMac = "00:00:00:00:00:00")
    {
        byte[] octets =
        [
            0, 1, 8, 0, 6, 4, .. BigEndian((ushort)operation),
            .. MacOctets(senderMac), .. IPAddress.Parse(senderAddress).GetAddressBytes(),
            .. MacOctets(targetMac), .. IPAddress.Parse(targetAddress).GetAddressBytes(),
        ];
        return Frame(ArpType, octets).Ethernet(senderMac, operation == 1 ? BroadcastMac : targetMac);
    }

    public static PacketBuilder ArpRequest(string senderMac, string senderAddress, string targetAddress) => Arp(1, senderMac, senderAddress, targetAddress);

    public static PacketBuilder ArpReply(string senderMac, string senderAddress, string targetMac, string targetAddress) =>
        Arp(2, senderMac, senderAddress, targetAddress, targetMac);

    /// <summary>Router solicitation (133) to all routers.</summary>
    public static PacketBuilder RouterSolicitation(string source) => Ip(source, "ff02::2").Icmp(133).HopLimit(255);

    /// <summary>Router advertisement (134) to all nodes.</summary>
    public static PacketBuilder RouterAdvertisement(string source, string destination = "ff02::1") =>
        Ip(source, destination).Icmp(134, 0, 0x40000708).Payload(new byte[8]).HopLimit(255);

    /// <summary>Neighbor solicitation (135), to the target's solicited-node group unless a destination is given.</summary>
    public static PacketBuilder NeighborSolicitation(string source, string target, string? destination = null) =>
        Ip(source, destination ?? SolicitedNode(target)).Icmp(135).Payload(IPAddress.Parse(target).GetAddressBytes()).HopLimit(255);

    /// <summary>Neighbor advertisement (136), to all nodes unless a destination is given.</summary>
    public static PacketBuilder NeighborAdvertisement(string source, string target, string destination = "ff02::1") =>
        Ip(source, destination).Icmp(136, 0, 0x20000000).Payload(IPAddress.Parse(target).GetAddressBytes()).HopLimit(255);

    /// <summary>Redirect (137).</summary>
    public static PacketBuilder Redirect(string source, string destination) => Ip(source, destination).Icmp(137).Payload(new byte[32]).HopLimit(255);

    /// <summary>Multicast listener query, report or done (130, 131, 132, 143): hop limit 1, Router Alert.</summary>
    public static PacketBuilder MulticastListener(int type, string source, string destination = "ff02::16") =>
        Ip(source, destination).Icmp(type).Payload(new byte[type == 143 ? 0 : 16]).HopLimit(1).RouterAlert();

    /// <summary>An IGMPv2 report: TTL 1, Router Alert.</summary>
    public static PacketBuilder Igmp(string source, string group = "224.0.0.22", byte type = 0x16) =>
        Ip(source, group).Protocol(2, type, 0, 0, 0, 224, 0, 0, 22).HopLimit(1).RouterAlert();

    /// <summary>A DHCPv4 request: 68 to 67, BOOTREQUEST.</summary>
    public static PacketBuilder DhcpRequest(string source = "0.0.0.0", string destination = "255.255.255.255") =>
        Ip(source, destination).Udp(68, 67).Payload([1, 1, 6, .. new byte[237]]);

    /// <summary>A DHCPv4 answer: 67 to 68, BOOTREPLY.</summary>
    public static PacketBuilder DhcpAnswer(string source, string destination = "255.255.255.255") =>
        Ip(source, destination).Udp(67, 68).Payload([2, 1, 6, .. new byte[237]]);

    /// <summary>A DHCPv6 request: 546 to 547, to all servers and relays.</summary>
    public static PacketBuilder DhcpV6Request(string source, string destination = "ff02::1:2") =>
        Ip(source, destination).Udp(546, 547).Payload(1, 0, 0, 1);

    /// <summary>A DHCPv6 answer: 547 to 546.</summary>
    public static PacketBuilder DhcpV6Answer(string source, string destination) => Ip(source, destination).Udp(547, 546).Payload(2, 0, 0, 1);

    /// <summary>The solicited-node multicast group of an address (RFC 4291).</summary>
    public static string SolicitedNode(string address)
    {
        byte[] octets = IPAddress.Parse(address).GetAddressBytes();
        byte[] prefix = [0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF];
        return new IPAddress([.. prefix, .. octets[13..]]).ToString();
    }
}
