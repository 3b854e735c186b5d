using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>
/// One run of the compiler: names get their numbers, groups their rule numbers, NICs their forms, the forms that are new or concerned are
/// compiled, then the changed NICs are bound to them and their addresses enter the membership index.
/// </summary>
internal sealed partial class Compilation
{
    private readonly Policy _policy;
    private readonly CompiledPolicy _previous;
    private readonly NicCompiler _nicCompiler;
    private readonly INicIdentities _identities;
    private readonly PolicyLimits _limits;
    private readonly PolicyDifference _difference;
    private readonly uint _stamp;
    private readonly Dictionary<int, NicBinding?> _bindings = [];
    private readonly ImmutableArray<FormEntry?>.Builder _forms;
    private readonly ImmutableDictionary<string, FormUse>.Builder _formUses;
    private readonly ImmutableDictionary<string, int>.Builder _networkUsers;
    private readonly List<MemberChange> _memberChanges = [];
    private readonly List<uint> _retiredZones = [];
    private readonly List<uint> _limitedZones = [];
    private readonly List<PolicyError> _errors = [];
    private Numbering _groups;
    private Numbering _networks;
    private Numbering _nicSlots;
    private Numbering _formSlots;
    private ImmutableDictionary<string, RuleBlock> _ruleBlocks;
    private long _nextRuleNumber;
    private long _formOctets;
    private int _formsCompiled;

    public Compilation(Policy policy, CompiledPolicy previous, NicCompiler nicCompiler, INicIdentities identities, PolicyLimits limits)
    {
        _policy = policy;
        _previous = previous;
        _nicCompiler = nicCompiler;
        _identities = identities;
        _limits = limits;
        _difference = PolicyDifference.Between(previous.Ruleset.Policy, policy);
        _stamp = (uint)(previous.Ruleset.Generation + 1);
        _forms = previous.Ruleset.Forms.ToBuilder();
        _formOctets = previous.Ruleset.Forms.Sum(form => form?.Form.Octets ?? 0);
        _formUses = previous.FormUses.ToBuilder();
        _networkUsers = previous.NetworkUsers.ToBuilder();
        _groups = previous.Groups;
        _networks = previous.Networks;
        _nicSlots = previous.NicSlots;
        _formSlots = previous.FormSlots;
        _ruleBlocks = previous.RuleBlocks;
        _nextRuleNumber = previous.NextRuleNumber;
    }

    public CompiledPolicy Run()
    {
        NumberGroups();
        CountFormUses();
        CompileForms();
        if (_errors.Count != 0)
        {
            throw new PolicyException([.. _errors]);
        }

        foreach (Nic removed in _difference.Nics.Removed)
        {
            Unbind(removed);
        }

        foreach ((Nic? before, Nic after) in _difference.Nics.Set)
        {
            Bind(before, after);
        }

        RebindWhereStatefulChanged();
        return Finish();
    }

    private void NumberGroups()
    {
        _ruleBlocks = _ruleBlocks.RemoveRange(_difference.SecurityGroups.Removed.Select(group => group.Id));
        foreach ((_, SecurityGroup group) in _difference.SecurityGroups.Set)
        {
            _groups = _groups.With(group.Id, out _);
            _ruleBlocks = _ruleBlocks.SetItem(group.Id, new RuleBlock(_nextRuleNumber, group));
            _nextRuleNumber += group.Rules.Length;
        }
    }

    private CompiledPolicy Finish()
    {
        FreeNumbers();
        Ruleset ruleset = new()
        {
            Policy = _policy,
            Generation = _previous.Ruleset.Generation + 1,
            Forms = _forms.ToImmutable(),
            Nics = _previous.Ruleset.Nics.With(_bindings),
            NicSlots = _nicSlots,
            Members = _previous.Ruleset.Members.With(_memberChanges, _stamp),
            Rules = ReferenceEquals(_ruleBlocks, _previous.RuleBlocks) ? _previous.Ruleset.Rules : new RuleCatalog(_ruleBlocks.Values),
        };
        return new CompiledPolicy
        {
            Ruleset = ruleset,
            Groups = _groups,
            Networks = _networks,
            NetworkUsers = _networkUsers.ToImmutable(),
            NicSlots = _nicSlots,
            FormSlots = _formSlots,
            FormUses = _formUses.ToImmutable(),
            RuleBlocks = _ruleBlocks,
            NextRuleNumber = _nextRuleNumber,
            FormsCompiled = _formsCompiled,
            RetiredZones = [.. _retiredZones],
            LimitedZones = [.. _limitedZones],
        };
    }

    // Numbers of what is gone are free only now: the members that left were still counted under them.
    private void FreeNumbers()
    {
        foreach (SecurityGroup removed in _difference.SecurityGroups.Removed)
        {
            _groups = _groups.Without(removed.Id);
        }

        foreach (Nic left in _difference.Nics.Removed.Concat(_difference.Nics.Set.Select(change => change.Before).OfType<Nic>()))
        {
            if (_networkUsers.GetValueOrDefault(left.NetworkId) == 0)
            {
                _networkUsers.Remove(left.NetworkId);
                _networks = _networks.Without(left.NetworkId);
            }
        }
    }
}
