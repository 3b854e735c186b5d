namespace SecurityGroups.Tests.Properties;

/// <summary>The part of a policy that concerns one NIC, for a failure message.</summary>
internal static class PolicyText
{
    public static string Of(Policy policy, string nicId)
    {
        IEnumerable<string> groups = policy.Nics.GetValueOrDefault(nicId)?.SecurityGroups ?? [];
        return string.Join(
            Environment.NewLine,
            policy.Nics.Values.Select(OfNic)
                .Concat(groups.Select(id => OfGroup(policy.SecurityGroups[id])))
                .Concat(policy.AddressGroups.Values.Select(group => $"address group {group.Id}: {string.Join(' ', group.Addresses.Select(cidr => cidr.Text))}")));
    }

    private static string OfNic(Nic nic) =>
        $"nic {nic.Id} network '{nic.NetworkId}' [{string.Join(' ', nic.Addresses.Select(address => $"{address.Address}/{address.PrefixLength}"))}] "
        + $"allowed [{string.Join(' ', nic.AllowedAddresses.Select(cidr => cidr.Text))}] mac {nic.Mac} security {nic.NicSecurity} "
        + $"checks {nic.AddressChecks} groups [{string.Join(' ', nic.SecurityGroups)}] {nic.Options}";

    private static string OfGroup(SecurityGroup group) =>
        $"group {group.Id} stateful {group.Stateful}: {string.Join("; ", group.Rules.Select(PolicyDice.ContentOf))}";
}
