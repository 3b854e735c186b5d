namespace SecurityGroups;

/// <summary>What kind of other end a rule names.</summary>
public enum RemoteKind : byte
{
    /// <summary>Any address of the rule's ethertype.</summary>
    Any = 0,

    /// <summary>A prefix.</summary>
    Network = 1,

    /// <summary>The addresses of the NICs attached to a security group.</summary>
    SecurityGroup = 2,

    /// <summary>The prefixes of an address group.</summary>
    AddressGroup = 3,
}
