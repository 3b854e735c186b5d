namespace SecurityGroups.Packets;

/// <summary>The options of a hop-by-hop or destination options header (RFC 8200 4.2).</summary>
internal static class Ipv6Options
{
    private const byte PadOne = 0;
    private const byte RouterAlert = 5;
    private const byte JumboPayload = 0xC2;

    public static Reason Read(ReadOnlySpan<byte> octets, bool hopByHop, ref ParsedPacket packet)
    {
        for (int i = 0; i < octets.Length;)
        {
            if (octets[i] == PadOne)
            {
                i++;
                continue;
            }

            if (octets.Length - i < 2 || octets[i + 1] > octets.Length - i - 2)
            {
                return Reason.Malformed;
            }

            // RFC 2675: a jumbo length beside a payload length contradicts it, and without one it is a packet we do not carry.
            if (hopByHop && octets[i] == JumboPayload)
            {
                return Reason.Malformed;
            }

            packet.Traits |= hopByHop && octets[i] == RouterAlert ? PacketTraits.RouterAlert : PacketTraits.None;
            i += 2 + octets[i + 1];
        }

        return Reason.NotEvaluated;
    }
}
