namespace SecurityGroups.Compile;

/// <summary>
/// Makes the next ruleset from the one in force and a changed policy. What did not change is shared: compiled forms of groups whose rules are
/// the same, bindings of NICs that are the same, all of the membership index but the paths to members that came or went. Called under the
/// firewall's writer lock; it changes nothing that a reader can see, so a failure leaves everything as it was.
/// </summary>
internal sealed class RulesetCompiler(FirewallOptions options, INicIdentities identities)
{
    private readonly NicCompiler _nics = new(options);

    /// <summary>Compiles a policy that the validator found good.</summary>
    /// <exception cref="PolicyException">The compiled rules would exceed the memory limit.</exception>
    public CompiledPolicy Compile(Policy policy, CompiledPolicy previous) =>
        new Compilation(policy, previous, _nics, identities, options.Limits).Run();
}
