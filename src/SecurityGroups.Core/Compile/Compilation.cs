using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>
/// One run of the compiler: names get their numbers, groups their rule numbers, NICs their forms, the forms that are new or concerned are
/// compiled, then the changed NICs are bound to them and their addresses enter the membership index.
/// </summary>
internal sealed class Compilation
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

    private void CountFormUses()
    {
        foreach (Nic removed in _difference.Nics.Removed)
        {
            Release(removed);
        }

        foreach ((Nic? before, Nic after) in _difference.Nics.Set)
        {
            if (after.NicSecurity)
            {
                FormUse use = FormUse.Of(after);
                use = _formUses.GetValueOrDefault(use.Key, use);
                _formUses[use.Key] = use with { Users = use.Users + 1 };
            }

            if (before is not null)
            {
                Release(before);
            }
        }
    }

    private void Release(Nic nic)
    {
        if (nic.NicSecurity)
        {
            FormUse use = _formUses[FormUse.Of(nic).Key];
            _formUses[use.Key] = use with { Users = use.Users - 1 };
        }
    }

    private void CompileForms()
    {
        HashSet<string> changedGroups = [.. _difference.SecurityGroups.Set.Select(change => change.After.Id)];
        HashSet<string> changedAddressGroups = [.. _difference.AddressGroups.Set.Select(change => change.After.Id)];
        foreach (FormUse use in _formUses.Values.ToArray())
        {
            if (use.Users == 0)
            {
                Drop(use);
            }
            else if (!_formSlots.TryGet(use.Key, out _) || Concerns(use, changedGroups, changedAddressGroups))
            {
                CompileForm(use);
            }
        }
    }

    private bool Concerns(FormUse use, HashSet<string> changedGroups, HashSet<string> changedAddressGroups) =>
        use.GroupIds.Any(changedGroups.Contains)
        || (changedAddressGroups.Count != 0 && use.GroupIds.Any(id => NamesAny(_policy.SecurityGroups[id], changedAddressGroups)));

    private static bool NamesAny(SecurityGroup group, HashSet<string> addressGroups) =>
        group.Rules.Any(rule => rule.Remote.Kind == RemoteKind.AddressGroup && addressGroups.Contains(rule.Remote.Id!));

    private void Drop(FormUse use)
    {
        _formUses.Remove(use.Key);
        if (_formSlots.TryGet(use.Key, out int slot))
        {
            _formSlots = _formSlots.Without(use.Key);
            Forget(slot);
        }
    }

    private void Forget(int slot)
    {
        _formOctets -= _forms[slot]?.Form.Octets ?? 0;
        _forms[slot] = null;
    }

    private void CompileForm(FormUse use)
    {
        _formSlots = _formSlots.With(use.Key, out int slot);
        if (slot == _forms.Count)
        {
            _forms.Add(null);
        }

        Forget(slot);
        ImmutableArray<RuleBlock> blocks = [.. use.GroupIds.Select(id => _ruleBlocks[id])];
        if (FormCompiler.TryCompile(blocks, _policy.AddressGroups, id => _groups[id], _limits.MaxCompiledOctets - _formOctets, out CompiledForm? form, out PolicyError? error))
        {
            _forms[slot] = new FormEntry(form, _stamp);
            _formOctets += form.Octets;
            _formsCompiled++;
        }
        else
        {
            _errors.Add(error);
        }
    }

    private void Unbind(Nic nic)
    {
        NicBinding binding = _previous.Ruleset.Nics[_nicSlots[nic.Id]]!;
        _nicSlots = _nicSlots.Without(nic.Id);
        _bindings[binding.Slot] = null;
        _retiredZones.Add(binding.Zone);
        ChangeMembership(nic, joins: false);
    }

    private void Bind(Nic? before, Nic after)
    {
        _nicSlots = _nicSlots.With(after.Id, out int slot);
        _networks = _networks.With(after.NetworkId, out int network);
        NicBinding? old = before is null ? null : _previous.Ruleset.Nics[slot];
        int formSlot = after.NicSecurity ? _formSlots[FormUse.Of(after).Key] : -1;
        bool stateful = after.NicSecurity && _forms[formSlot]!.Form.IsStateful;
        bool keepsConnections = old is not null && old.SecurityOn == after.NicSecurity && old.Stateful == stateful && old.Network == network;
        _bindings[slot] = new NicBinding
        {
            Id = after.Id,
            Incarnation = old?.Incarnation ?? _identities.NewIncarnation(after.Id, slot),
            Slot = slot,
            FormSlot = formSlot,
            Zone = keepsConnections ? old!.Zone : ReplaceZone(old),
            ChangedAt = _stamp,
            Network = network,
            SecurityOn = after.NicSecurity,
            Stateful = stateful,
            Owned = after.AddressChecks ? NicCompiler.Owned(after) : null,
            Broadcasts = NicCompiler.Broadcasts(after),
            Mac = NicCompiler.Mac(after),
            VlanIds = NicCompiler.VlanIds(after),
            LinkType = _nicCompiler.LinkType(after),
            Infrastructure = _nicCompiler.Infrastructure(after),
            Tracking = _nicCompiler.Tracking(after),
        };
        if (before is not null)
        {
            ChangeMembership(before, joins: false);
        }

        ChangeMembership(after, joins: true);
    }

    // A new zone is how a NIC forgets its connections.
    private uint ReplaceZone(NicBinding? old)
    {
        if (old is not null)
        {
            _retiredZones.Add(old.Zone);
        }

        return _identities.NewZone();
    }

    private void RebindWhereStatefulChanged()
    {
        if (!_difference.SecurityGroups.Set.Any(change => change.Before is { } before && before.Stateful != change.After.Stateful))
        {
            return;
        }

        foreach (NicBinding nic in _previous.Ruleset.Nics.All())
        {
            if (nic.SecurityOn && !_bindings.ContainsKey(nic.Slot) && _forms[nic.FormSlot]!.Form.IsStateful != nic.Stateful)
            {
                _bindings[nic.Slot] = nic with { ChangedAt = _stamp, Stateful = !nic.Stateful, Zone = ReplaceZone(nic) };
            }
        }
    }

    private void ChangeMembership(Nic nic, bool joins)
    {
        int network = _networks[nic.NetworkId];
        _networkUsers[nic.NetworkId] = _networkUsers.GetValueOrDefault(nic.NetworkId) + (joins ? 1 : -1);
        ImmutableArray<int> groups = [.. nic.SecurityGroups.Distinct(StringComparer.Ordinal).Select(id => _groups[id])];
        _memberChanges.AddRange(
            from address in MemberAddresses.Of(nic)
            select new MemberChange(network, address.Ethertype, address.Bits, address.PrefixLength, groups, joins));
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
