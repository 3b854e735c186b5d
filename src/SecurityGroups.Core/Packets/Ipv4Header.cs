using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The IPv4 header (RFC 791).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Ipv4Header
{
    public const int MinimumOctets = 20;

    private const int MoreFragments = 0x2000;
    private const int OffsetMask = 0x1FFF;

    public byte VersionAndHeaderLength;
    public byte TypeOfService;
    public UInt16BigEndian TotalLength;
    public UInt16BigEndian Identification;
    public UInt16BigEndian FlagsAndFragmentOffset;
    public byte TimeToLive;
    public byte Protocol;
    public UInt16BigEndian HeaderChecksum;
    public UInt32BigEndian Source;
    public UInt32BigEndian Destination;

    /// <summary>
    /// Fills everything up to the transport header. <paramref name="octets"/> begin at the header; <paramref name="length"/> is how many
    /// there were on the wire, padding included.
    /// </summary>
    public static Reason Read(ReadOnlySpan<byte> octets, int length, in ParserOptions options, ref ParsedPacket packet)
    {
        if (octets.Length < MinimumOctets)
        {
            return FormError.TooShort(MinimumOctets, length, ref packet);
        }

        ref readonly Ipv4Header header = ref MemoryMarshal.AsRef<Ipv4Header>(octets);
        int headerOctets = (header.VersionAndHeaderLength & 0xF) * 4;
        int totalLength = header.TotalLength;
        if (totalLength == 0 && options.SegmentationOffload)
        {
            totalLength = length;
        }

        if (header.VersionAndHeaderLength >> 4 != 4 || headerOctets < MinimumOctets || totalLength < headerOctets || totalLength > length)
        {
            return Reason.Malformed;
        }

        packet.Source = (uint)header.Source;
        packet.Destination = (uint)header.Destination;
        packet.Protocol = header.Protocol;
        packet.HopLimit = header.TimeToLive;
        packet.TransportOffset = packet.NetworkOffset + headerOctets;
        packet.TransportOctets = totalLength - headerOctets;
        if (headerOctets > MinimumOctets || options.VerifyChecksums)
        {
            Reason reason = ReadRest(octets, headerOctets, totalLength, options, ref packet);
            if (reason != Reason.NotEvaluated)
            {
                return reason;
            }
        }

        int fragment = header.FlagsAndFragmentOffset & (MoreFragments | OffsetMask);
        return fragment == 0 ? Reason.NotEvaluated : ReadFragment(fragment, header.Identification, headerOctets, ref packet);
    }

    private static Reason ReadRest(ReadOnlySpan<byte> octets, int headerOctets, int totalLength, in ParserOptions options, ref ParsedPacket packet)
    {
        if (octets.Length < headerOctets)
        {
            return FormError.TooShort(headerOctets, totalLength, ref packet);
        }

        if (options.VerifyChecksums && !Checksum.IsValid(octets[..headerOctets]))
        {
            return Reason.BadChecksum;
        }

        return Ipv4Options.Read(octets[MinimumOctets..headerOctets], options, ref packet);
    }

    private static Reason ReadFragment(int flagsAndOffset, ushort identification, int headerOctets, ref ParsedPacket packet)
    {
        packet.FragmentIdentification = identification;
        int offset = (flagsAndOffset & OffsetMask) * 8;
        return Fragmentation.Read(offset, (flagsAndOffset & MoreFragments) != 0, headerOctets, ref packet);
    }
}
