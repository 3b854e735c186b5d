using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>What follows a VLAN tag's ethertype: priority and VLAN id, then the next ethertype (IEEE 802.1Q).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct VlanTag
{
    public const int Octets = 4;

    private const int MaximumTags = 2;

    public UInt16BigEndian ControlInformation;
    public UInt16BigEndian EtherType;

    public readonly uint VlanId => ControlInformation & 0xFFFu;

    /// <summary>Walks the tags that begin at the network offset and moves that offset behind them.</summary>
    public static Reason Read(ReadOnlySpan<byte> octets, int length, ref ParsedPacket packet)
    {
        for (int tags = 0; EtherTypes.IsVlanTag(packet.EtherType); tags++)
        {
            int end = packet.NetworkOffset + Octets;
            if (tags == MaximumTags)
            {
                return Reason.Malformed;
            }

            if (octets.Length < end)
            {
                return FormError.TooShort(end, length, ref packet);
            }

            ref readonly VlanTag tag = ref MemoryMarshal.AsRef<VlanTag>(octets[packet.NetworkOffset..]);

            // VID 0 carries only a priority and names no VLAN, so it leaves no trace among the ids.
            packet.VlanIds = tag.VlanId == 0 ? packet.VlanIds : (packet.VlanIds << 12) | tag.VlanId;
            packet.EtherType = tag.EtherType;
            packet.NetworkOffset = end;
        }

        return Reason.NotEvaluated;
    }
}
