namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>A packet that came to the library, and what it decided.</summary>
internal readonly record struct Crossed(long Timestamp, Direction Direction, byte[] Packet, Decision Decision, bool IsIntruder);
