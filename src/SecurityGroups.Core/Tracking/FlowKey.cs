namespace SecurityGroups.Tracking;

/// <summary>
/// The key of a connection as one NIC sees it. Packets of either direction have the same key, so there is one entry and one lookup.
/// </summary>
internal readonly struct FlowKey(
    UInt128 local, UInt128 remote, ushort localPort, ushort remotePort, uint zone, Ethertype ethertype, uint vlanIds, byte protocol)
{
    /// <summary>Address of the instance's end.</summary>
    public readonly UInt128 Local = local;

    /// <summary>Address of the other end.</summary>
    public readonly UInt128 Remote = remote;

    /// <summary>Local port in the high half, remote port in the low; ICMP: identifier high, request type and code low.</summary>
    public readonly uint Ports = ((uint)localPort << 16) | remotePort;

    /// <summary>Number of the NIC's tracking zone in bits 1 to 31, ethertype in bit 0.</summary>
    public readonly uint ZoneAndEthertype = (zone << 1) | (uint)ethertype;

    /// <summary>VLAN ids in bits 8 to 31, protocol in bits 0 to 7.</summary>
    public readonly uint VlanAndProtocol = (vlanIds << 8) | protocol;
}
