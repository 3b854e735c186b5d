namespace SecurityGroups;

/// <summary>What became of the connections of a stream.</summary>
/// <param name="Restored">In the table again, to be checked against the rules at their next packet.</param>
/// <param name="UnknownNic">Skipped: the policy has no such NIC.</param>
/// <param name="NotTracked">Skipped: the NIC is stateless, or its security is off.</param>
/// <param name="Expired">Skipped: idle for too long by now.</param>
/// <param name="AlreadyThere">Skipped: the table has a connection between the same ends.</param>
/// <param name="NoRoom">Skipped: the table is full or the NIC at its quota; no connection is evicted for a restored one.</param>
public readonly record struct RestoreResult(long Restored, long UnknownNic, long NotTracked, long Expired, long AlreadyThere, long NoRoom);
