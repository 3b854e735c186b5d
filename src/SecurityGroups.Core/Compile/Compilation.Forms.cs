using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <content>Which compiled forms the NICs need, and the compilation of those that are new or concerned by a change.</content>
internal sealed partial class Compilation
{
    private void CountFormUses()
    {
        foreach (Nic nic in _difference.Nics.Set.Select(change => change.After).Where(nic => nic.NicSecurity))
        {
            FormUse use = FormUse.Of(nic);
            use = _formUses.GetValueOrDefault(use.Key, use);
            _formUses[use.Key] = use with { Users = use.Users + 1 };
        }

        foreach (Nic nic in _difference.Nics.Gone.Where(nic => nic.NicSecurity))
        {
            FormUse use = _formUses[FormUse.Of(nic).Key];
            _formUses[use.Key] = use with { Users = use.Users - 1 };
        }
    }

    private void CompileForms()
    {
        foreach (FormUse use in FormsOf(_difference.Nics.Gone).Where(use => use.Users == 0))
        {
            Drop(use);
        }

        FormUse[] added = [.. FormsOf(_difference.Nics.Set.Select(change => change.After)).Where(use => !_formSlots.TryGet(use.Key, out _))];
        foreach ((FormUse use, string groupId) in added.SelectMany(use => use.GroupIds, (use, groupId) => (use, groupId)))
        {
            _formsOfGroup[groupId] = _formsOfGroup.GetValueOrDefault(groupId, []).Add(use.Key);
        }

        foreach (string key in added.Select(use => use.Key).Concat(ConcernedForms()).Distinct())
        {
            CompileForm(_formUses[key]);
        }
    }

    /// <summary>The forms of some NICs, each once.</summary>
    private IEnumerable<FormUse> FormsOf(IEnumerable<Nic> nics) =>
        nics.Where(nic => nic.NicSecurity).Select(nic => FormUse.Of(nic).Key).Distinct().Select(key => _formUses[key]);

    /// <summary>The forms of the groups whose rules, or the prefixes of whose rules, changed.</summary>
    private IEnumerable<string> ConcernedForms() => _difference.SecurityGroups.Set.Select(change => change.After.Id)
        .Concat(_difference.AddressGroups.Set.SelectMany(change => _uses.AddressGroups.GetValueOrDefault(change.After.Id, [])))
        .SelectMany(groupId => _formsOfGroup.GetValueOrDefault(groupId, []));

    private void Drop(FormUse use)
    {
        _formUses.Remove(use.Key);
        if (!_formSlots.TryGet(use.Key, out int slot))
        {
            return;
        }

        _formSlots = _formSlots.Without(use.Key);
        Forget(slot);
        foreach (string id in use.GroupIds)
        {
            ImmutableHashSet<string> left = _formsOfGroup[id].Remove(use.Key);
            if (left.IsEmpty)
            {
                _formsOfGroup.Remove(id);
            }
            else
            {
                _formsOfGroup[id] = left;
            }
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
