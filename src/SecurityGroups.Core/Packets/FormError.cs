using System.Runtime.CompilerServices;

namespace SecurityGroups.Packets;

/// <summary>The cold ends of the parser.</summary>
internal static class FormError
{
    /// <summary>
    /// The octets at hand end before a header does. <paramref name="length"/> is what the layer has by the headers in front of it: if that
    /// is enough, only the capture was cut. A first fragment that ends inside the headers is an attempt to hide them (RFC 1858, RFC 7112).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Reason TooShort(int neededOctets, int length, ref ParsedPacket packet)
    {
        if (length >= neededOctets)
        {
            packet.Traits |= PacketTraits.HeadersCut;
            return Reason.Malformed;
        }

        return packet.Has(PacketTraits.Fragment) ? Reason.TinyFragment : Reason.Malformed;
    }
}
