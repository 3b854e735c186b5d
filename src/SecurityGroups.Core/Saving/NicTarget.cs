using SecurityGroups.Tracking;

namespace SecurityGroups.Saving;

/// <summary>Where the connections of one NIC of a stream go.</summary>
/// <param name="Outcome"><see cref="RestoreOutcome.Restored"/>, or why they are skipped.</param>
/// <param name="Zone">The tracking zone that takes them.</param>
/// <param name="MaxConnections">Quota of that NIC; 0 = none.</param>
internal readonly record struct NicTarget(RestoreOutcome Outcome, uint Zone = 0, int MaxConnections = 0);
