namespace SecurityGroups;

/// <summary>What a stream of packets came to.</summary>
/// <param name="Packets">Packets read and decided.</param>
/// <param name="Allowed">Packets written on.</param>
public readonly record struct PacketStreamResult(long Packets, long Allowed);
