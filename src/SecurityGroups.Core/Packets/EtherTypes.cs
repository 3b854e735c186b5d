namespace SecurityGroups.Packets;

/// <summary>Ethertypes that the parser looks into (IEEE registry).</summary>
internal static class EtherTypes
{
    public const ushort IPv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort CustomerTag = 0x8100;
    public const ushort IPv6 = 0x86DD;
    public const ushort ServiceTag = 0x88A8;

    /// <summary>What stacked tags had before 802.1ad; some switches still send it.</summary>
    public const ushort OldServiceTag = 0x9100;

    public static bool IsVlanTag(ushort etherType) => etherType is CustomerTag or ServiceTag or OldServiceTag;

    public static PacketKind KindOf(ushort etherType) => etherType switch
    {
        IPv4 => PacketKind.IPv4,
        IPv6 => PacketKind.IPv6,
        Arp => PacketKind.Arp,
        _ => PacketKind.Other,
    };
}
