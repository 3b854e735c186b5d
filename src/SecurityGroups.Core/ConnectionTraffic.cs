namespace SecurityGroups;

/// <summary>
/// What a connection carried: the packet that opened it and every later one that it let pass, those that only pass
/// (<see cref="Reason.PassIgnored"/>) included. Not counted: denied packets, related ICMP errors, later fragments.
/// </summary>
/// <param name="IngressPackets">Packets towards the instance.</param>
/// <param name="IngressOctets">Their octets from the IP header on, by the IP header's length.</param>
/// <param name="EgressPackets">Packets away from the instance.</param>
/// <param name="EgressOctets">Their octets from the IP header on, by the IP header's length.</param>
public readonly record struct ConnectionTraffic(long IngressPackets, long IngressOctets, long EgressPackets, long EgressOctets)
{
    /// <summary>One packet more.</summary>
    internal ConnectionTraffic Plus(Direction direction, int octets) => direction == Direction.Ingress
        ? this with { IngressPackets = IngressPackets + 1, IngressOctets = IngressOctets + octets }
        : this with { EgressPackets = EgressPackets + 1, EgressOctets = EgressOctets + octets };
}
