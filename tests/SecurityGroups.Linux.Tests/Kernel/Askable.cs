using SecurityGroups.Packets;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>What a router can be asked about (decisions.md "Testing"): not traffic of a link, nor martians, nor packets at the end of their hops.</summary>
internal static class Askable
{
    private const byte LeastHops = 2;

    /// <summary>Null = the kernel may be asked; else why not.</summary>
    public static string? WhyNot(ReadOnlySpan<byte> packet)
    {
        bool isIPv6 = packet.Length > 0 && packet[0] >> 4 == 6;
        if (packet.Length < (isIPv6 ? 40 : 20) || packet.Length > 65_521)
        {
            return "no whole IP header, or larger than a device takes";
        }

        return packet[isIPv6 ? 7 : 8] < LeastHops ? "its hops end at the router"
            : isIPv6 ? WhyNot6(packet)
            : WhyNot4(packet);
    }

    private static string? WhyNot4(ReadOnlySpan<byte> packet) =>
        packet[0] >> 4 != 4 ? "not IP"
        : IsSpecial4(packet[12]) || IsSpecial4(packet[16]) ? "martian, multicast or broadcast"
        : null;

    private static string? WhyNot6(ReadOnlySpan<byte> packet) =>
        IsSpecial6(packet[8..24]) || IsSpecial6(packet[24..40]) ? "link-local, multicast or martian"
        : IsLinkScope(packet) ? "neighbour discovery or listener report"
        : null;

    private static bool IsSpecial4(byte first) => first is 0 or 127 or >= 224;

    private static bool IsSpecial6(ReadOnlySpan<byte> address) =>
        address[0] == 0xFF || (address[0] == 0xFE && (address[1] & 0xC0) == 0x80) || address[..10].IndexOfAnyExcept((byte)0) < 0;

    private static bool IsLinkScope(ReadOnlySpan<byte> packet)
    {
        _ = PacketParser.Parse(packet, packet.Length, LinkType.RawIp, default, out ParsedPacket parsed);
        return parsed.Has(PacketTraits.Icmp) && parsed.IcmpType is (>= 130 and <= 137) or 143;
    }
}
