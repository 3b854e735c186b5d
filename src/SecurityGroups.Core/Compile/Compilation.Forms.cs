using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <content>Which compiled forms the NICs need, and the compilation of those that are new or concerned by a change.</content>
internal sealed partial class Compilation
{
    private void CountFormUses()
    {
        foreach ((_, Nic nic) in _difference.Nics.Set)
        {
            Count(nic, 1);
        }

        foreach (Nic nic in _difference.Nics.Gone)
        {
            Count(nic, -1);
        }
    }

    private void Count(Nic nic, int change)
    {
        if (nic.NicSecurity)
        {
            FormUse use = FormUse.Of(nic);
            use = _formUses.GetValueOrDefault(use.Key, use);
            _formUses[use.Key] = use with { Users = use.Users + change };
            _countedForms.Add(use.Key);
        }
    }

    private void CompileForms()
    {
        HashSet<string> keys = [];
        foreach (FormUse use in _countedForms.Select(key => _formUses[key]))
        {
            if (use.Users == 0)
            {
                Drop(use);
            }
            else if (!_formSlots.TryGet(use.Key, out _))
            {
                Enter(use);
                keys.Add(use.Key);
            }
        }

        _difference.SecurityGroups.Set.ForEach(change => AddFormsOf(change.After.Id, keys));
        foreach (string userId in _difference.AddressGroups.Set.SelectMany(change => _uses.AddressGroups.GetValueOrDefault(change.After.Id, [])))
        {
            AddFormsOf(userId, keys);
        }

        foreach (string key in keys)
        {
            CompileForm(_formUses[key]);
        }
    }

    private void AddFormsOf(string groupId, HashSet<string> keys) => keys.UnionWith(_formsOfGroup.GetValueOrDefault(groupId, []));

    private void Enter(FormUse use)
    {
        foreach (string id in use.GroupIds)
        {
            _formsOfGroup.Join(id, use.Key);
        }
    }

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
            _formsOfGroup.Leave(id, use.Key);
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
