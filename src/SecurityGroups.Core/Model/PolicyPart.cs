namespace SecurityGroups;

/// <summary>What a policy consists of.</summary>
internal enum PolicyPart
{
    SecurityGroup,
    AddressGroup,
    Nic,
}
