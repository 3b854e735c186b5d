using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>ARP for IPv4 over Ethernet (RFC 826); any other kind of ARP is malformed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ArpHeader
{
    public const int Octets = 28;

    private const ushort EthernetHardware = 1;

    public UInt16BigEndian HardwareType;
    public UInt16BigEndian ProtocolType;
    public byte HardwareOctets;
    public byte ProtocolOctets;
    public UInt16BigEndian Operation;
    public UInt48BigEndian SenderMac;
    public UInt32BigEndian SenderAddress;
    public UInt48BigEndian TargetMac;
    public UInt32BigEndian TargetAddress;

    private readonly bool IsIPv4OverEthernet =>
        HardwareType == EthernetHardware && ProtocolType == EtherTypes.IPv4 && HardwareOctets == 6 && ProtocolOctets == 4;

    public static Reason Read(ReadOnlySpan<byte> octets, int length, ref ParsedPacket packet)
    {
        if (octets.Length < Octets)
        {
            return FormError.TooShort(Octets, length, ref packet);
        }

        ref readonly ArpHeader header = ref MemoryMarshal.AsRef<ArpHeader>(octets);
        if (!header.IsIPv4OverEthernet)
        {
            return Reason.Malformed;
        }

        packet.ArpOperation = header.Operation;
        packet.ArpSenderMac = header.SenderMac;
        packet.Source = (uint)header.SenderAddress;
        packet.Destination = (uint)header.TargetAddress;
        return Reason.NotEvaluated;
    }
}
