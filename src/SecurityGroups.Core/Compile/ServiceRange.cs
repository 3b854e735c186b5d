using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>What a rule allows at its remote: services from <see cref="Low"/> to <see cref="High"/>, both included.</summary>
internal readonly record struct ServiceRange(int Low, int High)
{
    private const int PortMask = ushort.MaxValue;

    /// <summary>
    /// The services of a rule. False where it can match nothing: protocols that a packet never ends in (decisions: 0, 43, 44, 60), and
    /// values that validation refuses, which must not open anything should they ever get here.
    /// </summary>
    public static bool TryCreate(SecurityGroupRule rule, out ServiceRange range)
    {
        range = default;
        if (rule.Protocol.IsUnspecified || rule.Ports.Max == 0)
        {
            return false;
        }

        if (rule.Protocol.IsAny)
        {
            range = new ServiceRange(0, MatchKey.ServiceEnd - 1);
            return rule.Ports.IsAll && rule.Icmp is null;
        }

        bool isIcmp6 = rule.Ethertype == Ethertype.IPv6 && rule.Protocol == IpProtocol.Icmp;
        byte protocol = isIcmp6 ? IpProtocol.IcmpV6.Number : rule.Protocol.Number;
        range = Within(protocol, rule);
        return protocol is not (0 or 43 or 44 or 60)
            && (rule.Ports.IsAll || rule.Protocol.HasPorts)
            && (rule.Icmp is not { } icmp || (rule.Protocol.IsIcmp && !icmp.IsUnspecified));
    }

    private static ServiceRange Within(byte protocol, SecurityGroupRule rule)
    {
        int start = MatchKey.ServiceOf(protocol, 0);
        if (rule.Icmp is { } icmp)
        {
            int type = start | (icmp.Type << 8);
            return icmp.Code is { } code ? new ServiceRange(type | code, type | code) : new ServiceRange(type, type | byte.MaxValue);
        }

        return rule.Ports.IsAll
            ? new ServiceRange(start, start | PortMask)
            : new ServiceRange(start | rule.Ports.Min, start | rule.Ports.Max);
    }
}
