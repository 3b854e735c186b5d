namespace SecurityGroups.Compile;

/// <summary>
/// Makes the next ruleset from the one in force and a changed policy. What did not change is shared: compiled forms of groups whose rules are
/// the same, bindings of NICs that are the same, all of the membership index but the paths to members that came or went. Called under the
/// firewall's writer lock; it changes nothing that a reader can see, so a failure leaves everything as it was.
/// </summary>
internal sealed class RulesetCompiler(FirewallOptions options, INicIdentities identities)
{
    private readonly NicCompiler _nics = new(options);

    /// <summary>Checks and compiles a policy; only what changed since the previous one is looked at, where that is known to be enough.</summary>
    /// <exception cref="PolicyException">The policy is invalid, or the compiled rules would exceed the memory limit.</exception>
    public CompiledPolicy Compile(Policy policy, CompiledPolicy previous)
    {
        PolicyDifference difference = PolicyDifference.Between(previous.Ruleset.Policy, policy);
        PolicyUses uses = previous.Uses.With(difference);
        if (!ChangeChecks.Pass(policy, difference, uses, options.Limits) && policy.Validate(options.Limits) is { IsValid: false } report)
        {
            throw new PolicyException(report.Errors);
        }

        return new Compilation(policy, previous, difference, uses, _nics, identities, options.Limits).Run();
    }
}
