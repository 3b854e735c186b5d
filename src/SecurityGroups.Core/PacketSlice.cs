namespace SecurityGroups;

/// <summary>Where one packet of a burst lies in a shared buffer.</summary>
/// <param name="Offset">First octet of the packet, from the start of the buffer.</param>
/// <param name="Length">Octets of the packet.</param>
public readonly record struct PacketSlice(int Offset, int Length);
