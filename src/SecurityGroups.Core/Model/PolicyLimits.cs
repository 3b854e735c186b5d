namespace SecurityGroups;

/// <summary>Bounds on a policy. Null means no bound; only memory and JSON bounds are on by default.</summary>
public sealed record PolicyLimits
{
    /// <summary>The default bounds.</summary>
    public static PolicyLimits Default { get; } = new();

    /// <summary>Most rules in one group.</summary>
    public int? MaxRulesPerGroup { get; init; }

    /// <summary>Most groups on one NIC.</summary>
    public int? MaxGroupsPerNic { get; init; }

    /// <summary>Most NICs attached to one group.</summary>
    public int? MaxMembersPerGroup { get; init; }

    /// <summary>Most octets of compiled rules; default 1 GiB.</summary>
    public long MaxCompiledOctets { get; init; } = 1L << 30;

    /// <summary>Deepest nesting of a policy document; default 32.</summary>
    public int MaxJsonDepth { get; init; } = 32;

    /// <summary>Longest policy document in octets; default 256 MiB.</summary>
    public long MaxJsonOctets { get; init; } = 256L << 20;
}
