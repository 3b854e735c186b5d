namespace SecurityGroups.Tests.Support;

/// <summary>What makes two packets one connection of a NIC.</summary>
/// <param name="Zone">The NIC's incarnation.</param>
/// <param name="Vlans">Its VLAN ids as text.</param>
/// <param name="Protocol">IP protocol.</param>
/// <param name="Local">The instance's address.</param>
/// <param name="LocalPort">Its port; ICMP: the identifier; 0 without ports.</param>
/// <param name="Remote">The other address.</param>
/// <param name="RemotePort">Its port; ICMP: the request's type and code; 0 without ports.</param>
/// <param name="IcmpInitiator">ICMP: the direction of the request.</param>
internal sealed record ReferenceConnectionKey(
    int Zone, string Vlans, byte Protocol, ReferenceAddress Local, int LocalPort, ReferenceAddress Remote, int RemotePort, Direction? IcmpInitiator);
