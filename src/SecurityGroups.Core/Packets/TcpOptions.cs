using System.Buffers.Binary;
using System.Runtime.CompilerServices;

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
    private const byte Sack = 5;
    private const int SackBlockOctets = 8;
    private const uint TimestampLayout = 0x0101080A;

    public static void Read(ReadOnlySpan<byte> octets, ref ParsedPacket packet)
    {
        // Offers count only in a SYN, blocks only beside an acknowledgment; where the timestamps are, blocks have no room.
        if ((packet.TcpFlags & TcpFlags.Syn) != 0)
        {
            SynOffers offers = SynOffers.Read(octets);
            packet.TcpWindowScale = offers.WindowScale;
            packet.Traits |= offers.Traits;
        }

        if ((packet.TcpFlags & TcpFlags.Ack) != 0 && !(octets.Length == TimestampsOctets && AreTimestamps(octets)))
        {
            ReadSack(octets, ref packet);
        }
    }

    /// <summary>Whether <see cref="TimestampsOctets"/> octets are the usual timestamps and nothing else.</summary>
    public static bool AreTimestamps(ReadOnlySpan<byte> octets) => BinaryPrimitives.ReadUInt32BigEndian(octets) == TimestampLayout;

    /// <summary>Goes to the next option from a place on, no-operations skipped; false = there is none, or it is broken and ends the walk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFind(ReadOnlySpan<byte> octets, ref int at, out int optionOctets)
    {
        while (at < octets.Length && octets[at] == NoOperation)
        {
            at++;
        }

        optionOctets = at + 1 < octets.Length ? octets[at + 1] : 0;
        return optionOctets >= 2 && optionOctets <= octets.Length - at && octets[at] != EndOfList;
    }

    // Of several only the first counts.
    private static void ReadSack(ReadOnlySpan<byte> octets, ref ParsedPacket packet)
    {
        for (int at = 0; !packet.Has(PacketTraits.Sack) && TryFind(octets, ref at, out int optionOctets); at += optionOctets)
        {
            if (octets[at] == Sack && optionOctets > 2 && optionOctets % SackBlockOctets == 2)
            {
                NoteSack(octets.Slice(at + 2, optionOctets - 2), ref packet);
            }
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
