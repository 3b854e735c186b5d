using System.Diagnostics.CodeAnalysis;

namespace SecurityGroups;

/// <summary>A policy in force: compiled rules, tracked connections, one filter per NIC. Any thread may call any member.</summary>
public sealed class Firewall : IDisposable
{
    /// <summary>Compiles a policy and makes the connection table.</summary>
    /// <exception cref="PolicyException">The policy is invalid.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Firewall(Policy policy, FirewallOptions options)
    {
        Policy = policy;
        _ = options;
    }

    /// <summary>The policy in force.</summary>
    public Policy Policy { get; }

    /// <summary>The number of the ruleset in force; each update adds one.</summary>
    public long Generation => 1;

    /// <summary>The filter of a NIC.</summary>
    /// <exception cref="KeyNotFoundException">The policy has no such NIC.</exception>
    public NicFilter this[string nicId] => new(nicId);

    /// <summary>The filter of a NIC, if the policy has it.</summary>
    public bool TryGetNic(string nicId, [NotNullWhen(true)] out NicFilter? nic)
    {
        nic = new NicFilter(nicId);
        return true;
    }

    /// <summary>Replaces the policy by a changed copy, in one atomic step for every NIC.</summary>
    /// <exception cref="PolicyException">The changed policy is invalid; the old one stays in force.</exception>
    /// <exception cref="InvalidOperationException">Called from within another update.</exception>
    public UpdateResult Update(Func<Policy, Policy> change) => new(1, 0, default);

    /// <summary>Names the rule that admitted a packet; false when no rule did or the rule has gone since.</summary>
    public bool TryGetRule(Decision decision, [NotNullWhen(true)] out RuleReference? rule)
    {
        rule = null;
        return false;
    }

    /// <summary>Ends the firewall: every later packet is denied with <see cref="Reason.FirewallDisposed"/>.</summary>
    public void Dispose()
    {
    }
}
