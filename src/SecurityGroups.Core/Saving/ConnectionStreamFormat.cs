namespace SecurityGroups.Saving;

/// <summary>The numbers of the format that connections are saved in.</summary>
/// <remarks>
/// <code>
/// stream   header, section of NICs (any number), section of connections (any number), end section; nothing after it is read
/// header   magic 8 | version 2 | 0 2 | saved at 8: Unix time in ms, or "no date" | checksum 4
/// section  kind 4 | octets of the payload 4 | payload | checksum 4
/// NICs     id's octets 2 | id, UTF-8; again and again. A NIC's number is its place among all of them.
/// end      number of connections 8
/// </code>
/// Numbers are little-endian, addresses in network order; connections are described at <see cref="ConnectionRecord"/>. Each checksum is the CRC-32C of
/// every octet of the stream before it, checksums left out: so sections of two streams cannot be mixed, nor one be left out or repeated.
/// Nothing depends on the machine or on how connections lie in memory. A reader refuses what it does not know; whatever changes the
/// meaning of a stream changes its version.
/// </remarks>
internal static class ConnectionStreamFormat
{
    public const ushort Version = 1;
    public const int ChecksumOctets = 4;
    public const int HeaderOctets = 8 + 2 + 2 + 8 + ChecksumOctets;
    public const int SectionStartOctets = 8;

    /// <summary>In place of the date: the saving firewall had only its caller's time.</summary>
    public const long NoDate = long.MinValue;

    /// <summary>Bounds what a reader must hold of a stream that it cannot trust yet.</summary>
    public const int MaxPayloadOctets = 1 << 16;

    /// <summary>255 characters in UTF-8.</summary>
    public const int MaxNicIdOctets = 255 * 3;

    /// <summary>As many as connections: more could not all have one.</summary>
    public const int MaxNics = 1 << 24;

    /// <summary>As PNG's: tells streams that were cut to seven bits or had their line ends changed.</summary>
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'S', (byte)'G', (byte)'C', 0x0D, 0x0A, 0x1A, 0x0A];
}
