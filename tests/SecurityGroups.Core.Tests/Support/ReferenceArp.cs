namespace SecurityGroups.Tests.Support;

/// <summary>An ARP packet, as the reference model reads it.</summary>
internal sealed record ReferenceArp(int Operation, ulong SenderMac, ReferenceAddress Sender, ReferenceAddress Target);
