namespace SecurityGroups;

/// <summary>The address family of a rule.</summary>
public enum Ethertype : byte
{
    /// <summary>Internet Protocol version 4.</summary>
    IPv4 = 0,

    /// <summary>Internet Protocol version 6.</summary>
    IPv6 = 1,
}
