using System.Buffers.Binary;

namespace SecurityGroups.Packets;

/// <summary>
/// The TCP options that tracking needs: what a SYN offers (RFC 7323, RFC 2018) and SACK blocks. A broken
/// option ends the walk but not the packet, as in every TCP.
/// </summary>
internal static class TcpOptions
{
    /// <summary>Two no-operations and a timestamp of 10 octets: all that most segments carry.</summary>
    public const int TimestampsOctets = 12;

    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte WindowScale = 3;
    private const byte SackPermitted = 4;
    private const byte Sack = 5;
    private const byte MaximumWindowScale = 14;
    private const int SackBlockOctets = 8;
    private const uint TimestampLayout = 0x0101080A;

    public static void Read(ReadOnlySpan<byte> octets, ref ParsedPacket packet)
    {
        // Without the offers of a SYN nothing else is in it, and SACK has no room.
        bool isSyn = (packet.TcpFlags & TcpFlags.Syn) != 0;
        if (!isSyn && octets.Length == TimestampsOctets && AreTimestamps(octets))
        {
            return;
        }

        Walk(octets, ref packet);
    }

    /// <summary>Whether <see cref="TimestampsOctets"/> octets are the usual timestamps and nothing else.</summary>
    public static bool AreTimestamps(ReadOnlySpan<byte> octets) => BinaryPrimitives.ReadUInt32BigEndian(octets) == TimestampLayout;

    private static void Walk(ReadOnlySpan<byte> octets, ref ParsedPacket packet)
    {
        for (int i = 0; i < octets.Length && octets[i] != EndOfList;)
        {
            if (octets[i] == NoOperation)
            {
                i++;
                continue;
            }

            int optionOctets = i + 1 < octets.Length ? octets[i + 1] : 0;
            if (optionOctets < 2 || optionOctets > octets.Length - i)
            {
                return;
            }

            Note(octets.Slice(i, optionOctets), ref packet);
            i += optionOctets;
        }
    }

    // Offers count only in a SYN, blocks only beside an acknowledgment.
    private static void Note(ReadOnlySpan<byte> option, ref ParsedPacket packet)
    {
        bool isSyn = (packet.TcpFlags & TcpFlags.Syn) != 0;
        switch (option[0])
        {
            case WindowScale when isSyn && option.Length == 3:
                packet.TcpWindowScale = Math.Min(option[2], MaximumWindowScale);
                packet.Traits |= PacketTraits.WindowScale;
                break;
            case SackPermitted when isSyn && option.Length == 2:
                packet.Traits |= PacketTraits.SackPermitted;
                break;
            case Sack when !packet.Has(PacketTraits.Sack) && (packet.TcpFlags & TcpFlags.Ack) != 0 && option.Length > 2 && option.Length % SackBlockOctets == 2:
                NoteSack(option[2..], ref packet);
                break;
        }
    }

    private static void NoteSack(ReadOnlySpan<byte> blocks, ref ParsedPacket packet)
    {
        uint highest = packet.TcpAcknowledgment;
        for (int i = 0; i < blocks.Length; i += SackBlockOctets)
        {
            uint rightEdge = BinaryPrimitives.ReadUInt32BigEndian(blocks[(i + 4)..]);
            highest = (int)(rightEdge - highest) > 0 ? rightEdge : highest;
        }

        packet.TcpSackHighest = highest;
        packet.Traits |= PacketTraits.Sack;
    }
}
