namespace SecurityGroups.Cli.Explain;

/// <summary>The first packet of a connection somebody asks about.</summary>
internal sealed record Probe
{
    public required Direction Direction { get; init; }

    public required Ethertype Ethertype { get; init; }

    /// <summary>The IP protocol; ICMPv6 where somebody said icmp of an IPv6 remote.</summary>
    public required IpProtocol Protocol { get; init; }

    /// <summary>The other end.</summary>
    public required UInt128 Remote { get; init; }

    /// <summary>The NIC's end; null = the NIC's first address of the family.</summary>
    public UInt128? Local { get; init; }

    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    public byte IcmpType { get; init; }

    public byte IcmpCode { get; init; }
}
