using System.Globalization;
using SecurityGroups.Packets;

namespace SecurityGroups.Cli.Output;

/// <summary>Words for the parts of a packet, as every output prints them; null where the part does not apply.</summary>
internal static class PacketNames
{
    private const int ArpType = 0x0806;

    private static readonly string[] s_protocols = [.. Enumerable.Range(0, 256).Select(number => IpProtocol.FromNumber((byte)number).ToString())];

    public static string Of(Direction direction) => direction == Direction.Ingress ? "ingress" : "egress";

    public static string Of(MatchAspect aspect) => CamelCase(aspect.ToString());

    public static string Of(Stage stage) => CamelCase(stage.ToString());

    public static string Of(Verdict? verdict) => verdict switch
    {
        Verdict.Allow => "allow",
        Verdict.Deny => "deny",
        Verdict.Hold => "hold",
        _ => "none",
    };

    /// <summary>IPv4, IPv6, ARP, or the number in hexadecimal.</summary>
    public static string? Ethertype(in ParsedPacket packet) => packet.Kind switch
    {
        PacketKind.IPv4 => "IPv4",
        PacketKind.IPv6 => "IPv6",
        PacketKind.Arp => "ARP",
        PacketKind.None when packet.EtherType == 0 => null,
        _ when packet.EtherType == ArpType => "ARP",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{packet.EtherType:x4}"),
    };

    public static string? Protocol(in ParsedPacket packet) => HasIp(packet) ? s_protocols[packet.Protocol] : null;

    public static bool HasIp(in ParsedPacket packet) => packet.Kind is PacketKind.IPv4 or PacketKind.IPv6;

    public static bool HasAddresses(in ParsedPacket packet) => HasIp(packet) || packet.Kind == PacketKind.Arp;

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
