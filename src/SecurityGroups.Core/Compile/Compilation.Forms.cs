using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <content>Which compiled forms the NICs need, and the compilation of those that are new or concerned by a change.</content>
internal sealed partial class Compilation
{
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
        long budget = _limits.MaxCompiledOctets - _formOctets;
        if (FormCompiler.TryCompile(blocks, _policy.AddressGroups, id => _groups[id], budget, out CompiledForm? form, out PolicyError? error))
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
}
