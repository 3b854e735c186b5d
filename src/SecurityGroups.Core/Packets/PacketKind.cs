namespace SecurityGroups.Packets;

/// <summary>What a frame carries.</summary>
internal enum PacketKind : byte
{
    /// <summary>Nothing parsed yet.</summary>
    None = 0,
    IPv4,
    IPv6,
    Arp,

    /// <summary>Another ethertype, or an 802.3 length frame (ethertype field below 0x0600).</summary>
    Other,
}
