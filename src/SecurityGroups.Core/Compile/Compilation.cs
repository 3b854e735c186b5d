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
    private readonly PolicyUses _uses;
    private readonly uint _stamp;
    private readonly Dictionary<int, NicBinding?> _bindings = [];
    private readonly FormSlots _forms;
    private readonly ImmutableDictionary<string, FormUse>.Builder _formUses;
    private readonly ImmutableDictionary<string, ImmutableHashSet<string>>.Builder _formsOfGroup;
    private readonly ImmutableDictionary<string, int>.Builder _networkUsers;
    private readonly HashSet<string> _countedForms = [];
    private readonly List<MemberChange> _memberChanges = [];
    private readonly List<uint> _retiredZones = [];
    private readonly List<uint> _limitedZones = [];
    private readonly List<PolicyError> _errors = [];
    private Numbering _groups;
    private Numbering _networks;
    private Numbering _nicSlots;
    private Numbering _formSlots;
    private ImmutableDictionary<string, RuleBlock> _ruleBlocks;
    private RuleCatalog _rules;
    private long _nextRuleNumber;
    private long _formOctets;
    private int _formsCompiled;

    /// <param name="policy">The policy, valid.</param>
    /// <param name="previous">What to make the next ruleset from.</param>
    /// <param name="difference">What changed since the previous policy.</param>
    /// <param name="uses">Who names whom in the policy.</param>
    /// <param name="nicCompiler">Compiles what concerns a NIC alone.</param>
    /// <param name="identities">Identities of NICs.</param>
    /// <param name="limits">The limits.</param>
    public Compilation(
        Policy policy,
        CompiledPolicy previous,
        PolicyDifference difference,
        PolicyUses uses,
        NicCompiler nicCompiler,
        INicIdentities identities,
        PolicyLimits limits)
    {
        _policy = policy;
        _previous = previous;
        _nicCompiler = nicCompiler;
        _identities = identities;
        _limits = limits;
        _difference = difference;
        _uses = uses;
        _stamp = (uint)(previous.Ruleset.Generation + 1);
        _forms = new FormSlots(previous.Ruleset.Forms);
        _formOctets = previous.FormOctets;
        _formUses = previous.FormUses.ToBuilder();
        _formsOfGroup = previous.FormsOfGroup.ToBuilder();
        _networkUsers = previous.NetworkUsers.ToBuilder();
        _groups = previous.Groups;
        _networks = previous.Networks;
        _nicSlots = previous.NicSlots;
        _formSlots = previous.FormSlots;
        _ruleBlocks = previous.RuleBlocks;
        _rules = previous.Ruleset.Rules;
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
        foreach (SecurityGroup gone in _difference.SecurityGroups.Gone)
        {
            _rules = _rules.Without(_ruleBlocks[gone.Id]);
            _ruleBlocks = _ruleBlocks.Remove(gone.Id);
        }

        foreach ((_, SecurityGroup group) in _difference.SecurityGroups.Set)
        {
            RuleBlock block = new(_nextRuleNumber, group);
            _groups = _groups.With(group.Id, out _);
            _rules = _rules.With(block);
            _ruleBlocks = _ruleBlocks.Add(group.Id, block);
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
            Forms = _forms.ToArray(),
            Nics = _previous.Ruleset.Nics.With(_bindings),
            NicSlots = _nicSlots,
            Members = _previous.Ruleset.Members.With(_memberChanges, _stamp),
            Rules = _rules,
        };
        return new CompiledPolicy
        {
            Ruleset = ruleset,
            Uses = _uses,
            Groups = _groups,
            Networks = _networks,
            NetworkUsers = _networkUsers.ToImmutable(),
            NicSlots = _nicSlots,
            FormSlots = _formSlots,
            FormUses = _formUses.ToImmutable(),
            FormsOfGroup = _formsOfGroup.ToImmutable(),
            FormOctets = _formOctets,
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

        foreach (Nic left in _difference.Nics.Gone)
        {
            if (_networkUsers.GetValueOrDefault(left.NetworkId) == 0)
            {
                _networkUsers.Remove(left.NetworkId);
                _networks = _networks.Without(left.NetworkId);
            }
        }
    }
}
