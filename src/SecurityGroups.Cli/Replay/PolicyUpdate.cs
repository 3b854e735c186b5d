namespace SecurityGroups.Cli.Replay;

/// <summary>A policy that takes force just before a packet.</summary>
/// <param name="PacketNumber">The packet, from 1.</param>
/// <param name="FileName">Where the policy comes from.</param>
/// <param name="Policy">The policy.</param>
internal sealed record PolicyUpdate(long PacketNumber, string FileName, Policy Policy);
