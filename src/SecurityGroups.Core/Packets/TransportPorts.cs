using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The two ports that every transport with ports begins with.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TransportPorts
{
    public const int Octets = 4;

    public UInt16BigEndian Source;
    public UInt16BigEndian Destination;

    /// <summary>Fills the ports of UDP, UDP-Lite, SCTP and DCCP once the whole header is there; TCP has a stricter reader of its own.</summary>
    public static Reason Read(ReadOnlySpan<byte> octets, int headerOctets, in ParserOptions options, ref ParsedPacket packet)
    {
        if (octets.Length < headerOctets)
        {
            return FormError.TooShort(headerOctets, packet.TransportOctets, ref packet);
        }

        ref readonly TransportPorts ports = ref MemoryMarshal.AsRef<TransportPorts>(octets);
        packet.SourcePort = ports.Source;
        packet.DestinationPort = ports.Destination;
        packet.Traits |= PacketTraits.Ports;

        // RFC 768 lets a sender that wants no answer leave its port 0; nobody can listen on it.
        return packet.DestinationPort == 0 && !options.AllowPortZero ? Reason.Malformed : Reason.NotEvaluated;
    }
}
