using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Packets;

/// <summary>Shorthand for tests: one packet through the parser.</summary>
internal static class Parsing
{
    public static readonly ParserOptions Strict = new(VerifyChecksums: true, AllowPortZero: false, AllowSourceRoute: false);

    public static Reason RawIp(byte[] bytes, out ParsedPacket packet, ParserOptions options = default) =>
        PacketParser.Parse(bytes, LinkType.RawIp, options, out packet);

    public static Reason RawIp(byte[] bytes, ParserOptions options = default) => RawIp(bytes, out _, options);

    public static Reason Ethernet(byte[] bytes, out ParsedPacket packet) => PacketParser.Parse(bytes, LinkType.Ethernet, default, out packet);

    public static Reason Ethernet(byte[] bytes) => Ethernet(bytes, out _);
}
