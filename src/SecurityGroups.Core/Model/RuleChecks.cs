namespace SecurityGroups;

/// <summary>What one rule must agree on with itself, and what it likely does not mean.</summary>
internal static class RuleChecks
{
    /// <summary>Every error of a rule that has an ethertype; the path is asked for only when there is one.</summary>
    public static void CheckContent(SecurityGroupRule rule, Func<string> path, ProblemList problems)
    {
        if (rule.Ethertype != rule.Remote.Prefix?.Ethertype && rule.Remote.Prefix is { } prefix)
        {
            problems.Error(
                $"{path()}.ethertype", "ethertype.mismatch",
                $"The ethertype is {rule.Ethertype} but the remote {prefix} is {prefix.Ethertype}: change one of them.");
        }

        if (rule.Ethertype == Ethertype.IPv4 && rule.Protocol.IsIPv6Only)
        {
            string fix = rule.Protocol == IpProtocol.IcmpV6 ? "set ethertype IPv6, or write icmp" : "set ethertype IPv6";
            problems.Error(
                $"{path()}.protocol", "protocol.ethertype",
                $"Protocol {rule.Protocol} belongs to IPv6 and the rule is for IPv4: {fix}.");
        }

        if (!rule.Ports.IsAll && !rule.Protocol.HasPorts)
        {
            string subject = rule.Protocol.IsAny ? "A rule without a protocol" : $"Protocol {rule.Protocol}";
            problems.Error(
                $"{path()}.portRange", "port.protocol",
                $"{subject} has no ports: name tcp, udp, udplite, sctp or dccp, or remove portRange.");
        }

        if (rule.Icmp is not null && !rule.Protocol.IsIcmp)
        {
            problems.Error(
                $"{path()}.icmpParameters", "icmp.protocol",
                "Only icmp and ipv6-icmp have a type and a code: set that protocol, or remove icmpParameters.");
        }
    }

    /// <summary>Every warning about a rule.</summary>
    public static void Warn(SecurityGroupRule rule, bool isStateful, Func<string> path, ProblemList problems)
    {
        if (rule.Protocol.NeverMatches)
        {
            problems.Warn(
                $"{path()}.protocol", "protocol.neverMatches",
                $"Protocol {rule.Protocol} is an extension header, which no packet shows to a rule: the rule never matches; remove it.");
        }
        else if (!rule.Protocol.IsAny && rule.Ports.IsAll && ProtocolHint.LooksLikePort(rule.Protocol.Number))
        {
            problems.Warn(
                $"{path()}.protocol", "protocol.looksLikePort",
                $"Protocol {rule.Protocol} without ports: did you mean port {rule.Protocol}, as protocol tcp with portRange {rule.Protocol}-{rule.Protocol}?");
        }

        if (isStateful && rule.Icmp is { } icmp && IcmpTypes.IsError(rule.Ethertype, icmp.Type))
        {
            problems.Warn(
                $"{path()}.icmpParameters", "icmp.relatedOnly",
                $"ICMP {icmp} is an error message, which a stateful group lets through only for a tracked connection: the rule never matches; remove it.");
        }

        if (rule.Remote.Prefix is { Ethertype: Ethertype.IPv6, PrefixLength: >= 96 } prefix && AddressBits.IsMapped(prefix.Bits))
        {
            problems.Warn(
                $"{path()}.ipRange", "remote.mapped",
                $"{prefix} is IPv4-mapped and never matches an IPv4 packet: write the IPv4 prefix.");
        }
    }
}
