namespace SecurityGroups.Tests.Support;

/// <summary>How a receiver tells datagrams apart, for one NIC and direction. Protocol: IPv4 only.</summary>
internal sealed record ReferenceDatagramKey(
    int Zone, Direction Direction, string VlanIds, ReferenceAddress Source, ReferenceAddress Destination, uint Identification, byte? Protocol);
