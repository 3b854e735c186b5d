namespace SecurityGroups.Packets;

/// <summary>The options behind an IPv4 header (RFC 791). Broken ones make the packet malformed, as in every IP stack.</summary>
internal static class Ipv4Options
{
    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;
    private const byte RouterAlert = 148;

    public static Reason Read(ReadOnlySpan<byte> octets, in ParserOptions options, ref ParsedPacket packet)
    {
        for (int i = 0; i < octets.Length && octets[i] != EndOfList;)
        {
            byte kind = octets[i];
            int optionOctets = kind == NoOperation ? 1 : i + 1 < octets.Length ? octets[i + 1] : 0;
            if (optionOctets < (kind == NoOperation ? 1 : 2) || optionOctets > octets.Length - i)
            {
                return Reason.Malformed;
            }

            // RFC 7126: a source route leads around the addresses that the rules see.
            if (kind is LooseSourceRoute or StrictSourceRoute && !options.AllowSourceRoute)
            {
                return Reason.IpOptions;
            }

            packet.Traits |= kind == RouterAlert ? PacketTraits.RouterAlert : PacketTraits.None;
            i += optionOctets;
        }

        return Reason.NotEvaluated;
    }
}
