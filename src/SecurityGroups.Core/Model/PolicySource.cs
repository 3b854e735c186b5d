namespace SecurityGroups;

/// <summary>The parts of a policy before they are known to be one: ids may clash, references may dangle. What the validator walks.</summary>
internal sealed class PolicySource
{
    public List<PolicyEntry<SecurityGroup>> SecurityGroups { get; } = [];

    public List<PolicyEntry<AddressGroup>> AddressGroups { get; } = [];

    public List<PolicyEntry<Nic>> Nics { get; } = [];

    /// <summary>Parts made in code: paths count in the order given.</summary>
    public static PolicySource Of(IEnumerable<SecurityGroup> securityGroups, IEnumerable<AddressGroup> addressGroups, IEnumerable<Nic> nics)
    {
        PolicySource source = new();
        source.SecurityGroups.AddRange(securityGroups.Select((group, index) => new PolicyEntry<SecurityGroup>(group, $"securityGroups[{index}]")));
        source.AddressGroups.AddRange(addressGroups.Select((group, index) => new PolicyEntry<AddressGroup>(group, $"addressGroups[{index}]")));
        source.Nics.AddRange(nics.Select((nic, index) => new PolicyEntry<Nic>(nic, $"nics[{index}]")));
        return source;
    }
}
