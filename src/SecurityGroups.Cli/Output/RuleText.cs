namespace SecurityGroups.Cli.Output;

/// <summary>Rules in a few words.</summary>
internal static class RuleText
{
    /// <summary>What a rule allows: <c>ingress IPv4 tcp 443 from 203.0.113.0/24</c>.</summary>
    public static string Of(SecurityGroupRule rule)
    {
        string match = rule.Icmp is { } icmp ? $" {icmp}" : rule.Ports.IsAll ? "" : $" {rule.Ports}";
        string preposition = rule.Direction == Direction.Ingress ? "from" : "to";
        return $"{PacketNames.Of(rule.Direction)} {rule.Ethertype} {rule.Protocol}{match} {preposition} {Of(rule.Remote)}";
    }

    private static string Of(Remote remote) => remote.Kind switch
    {
        RemoteKind.Network => remote.Prefix!.Text,
        RemoteKind.SecurityGroup => $"security group {remote.Id}",
        RemoteKind.AddressGroup => $"address group {remote.Id}",
        _ => "any",
    };
}
