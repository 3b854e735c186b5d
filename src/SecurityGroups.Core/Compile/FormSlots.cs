using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>The compiled forms by slot while some of them change; copied once, and only if any does.</summary>
internal sealed class FormSlots(ImmutableArray<FormEntry?> before)
{
    private ImmutableArray<FormEntry?>.Builder? _changed;

    /// <summary>The form in a slot; null when the slot is free or beyond all others.</summary>
    public FormEntry? this[int slot]
    {
        get => _changed is null
            ? slot < before.Length ? before[slot] : null
            : slot < _changed.Count ? _changed[slot] : null;
        set
        {
            _changed ??= before.ToBuilder();
            if (slot >= _changed.Count)
            {
                _changed.Count = slot + 1;
            }

            _changed[slot] = value;
        }
    }

    public ImmutableArray<FormEntry?> ToArray() => _changed?.DrainToImmutable() ?? before;
}
