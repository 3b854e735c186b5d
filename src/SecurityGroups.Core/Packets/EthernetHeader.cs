using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>The Ethernet header (IEEE 802.3), without tags.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EthernetHeader
{
    public const int Octets = 14;

    public UInt48BigEndian Destination;
    public UInt48BigEndian Source;
    public UInt16BigEndian EtherType;

    /// <summary>Fills addresses, VLAN ids, ethertype, kind and the network offset.</summary>
    public static Reason Read(ReadOnlySpan<byte> octets, int length, ref ParsedPacket packet)
    {
        if (octets.Length < Octets)
        {
            return FormError.TooShort(Octets, length, ref packet);
        }

        ref readonly EthernetHeader header = ref MemoryMarshal.AsRef<EthernetHeader>(octets);
        packet.DestinationMac = header.Destination;
        packet.SourceMac = header.Source;
        packet.NetworkOffset = Octets;
        packet.EtherType = header.EtherType;
        if (EtherTypes.IsVlanTag(packet.EtherType) && VlanTag.Read(octets, length, ref packet) is not Reason.NotEvaluated and Reason reason)
        {
            return reason;
        }

        packet.Kind = EtherTypes.KindOf(packet.EtherType);
        return Reason.NotEvaluated;
    }
}
