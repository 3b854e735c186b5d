namespace SecurityGroups.Tests.Support;

/// <summary>What rules look at: a packet's direction, its remote end, protocol and destination port (ICMP: type and code).</summary>
internal sealed record ReferenceFlow(Direction Direction, ReferenceAddress Remote, byte Protocol, int Port);
