using System.Buffers.Binary;

namespace SecurityGroups.Packets;

/// <summary>
/// The TCP options that tracking needs: in a SYN what is offered (RFC 7323, RFC 2018), afterwards the SACK blocks. A broken
/// option ends the walk but not the packet, as in every TCP.
/// </summary>
internal static class TcpOptions
{
    private const byte EndOfList = 0;
    private const byte NoOperation = 1;
    private const byte WindowScale = 3;
    private const byte SackPermitted = 4;
    private const byte Sack = 5;
    private const byte MaximumWindowScale = 14;
    private const int SackBlockOctets = 8;

    // Two no-operations and a timestamp of 10 octets: all that most segments carry.
    private const int TimestampLayoutOctets = 12;
    private const uint TimestampLayout = 0x0101080A;

    public static void Read(ReadOnlySpan<byte> octets, ref ParsedPacket packet)
    {
        bool isSyn = (packet.TcpFlags & TcpFlags.Syn) != 0;
        if (!isSyn && octets.Length == TimestampLayoutOctets && BinaryPrimitives.ReadUInt32BigEndian(octets) == TimestampLayout)
        {
            return;
        }

        Walk(octets, isSyn, ref packet);
    }

    private static void Walk(ReadOnlySpan<byte> octets, bool isSyn, ref ParsedPacket packet)
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

            ReadOnlySpan<byte> option = octets.Slice(i, optionOctets);
            if (isSyn)
            {
                ReadOffer(option, ref packet);
            }
            else
            {
                ReadSack(option, ref packet);
            }

            i += optionOctets;
        }
    }

    private static void ReadOffer(ReadOnlySpan<byte> option, ref ParsedPacket packet)
    {
        if (option[0] == WindowScale && option.Length == 3)
        {
            packet.TcpWindowScale = Math.Min(option[2], MaximumWindowScale);
            packet.Traits |= PacketTraits.WindowScale;
        }
        else if (option[0] == SackPermitted && option.Length == 2)
        {
            packet.Traits |= PacketTraits.SackPermitted;
        }
    }

    private static void ReadSack(ReadOnlySpan<byte> option, ref ParsedPacket packet)
    {
        bool hasBlocks = option[0] == Sack && option.Length > 2 && (option.Length - 2) % SackBlockOctets == 0;
        if (!hasBlocks || (packet.TcpFlags & TcpFlags.Ack) == 0)
        {
            return;
        }

        uint highest = packet.Has(PacketTraits.Sack) ? packet.TcpSackHighest : packet.TcpAcknowledgment;
        for (int i = 2; i < option.Length; i += SackBlockOctets)
        {
            uint rightEdge = BinaryPrimitives.ReadUInt32BigEndian(option[(i + 4)..]);
            highest = (int)(rightEdge - highest) > 0 ? rightEdge : highest;
        }

        packet.TcpSackHighest = highest;
        packet.Traits |= PacketTraits.Sack;
    }
}
