using System.Collections.Immutable;
using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Compile;

public sealed class FormSlotsTests
{
    private static readonly FormEntry s_form = new(new CompiledForm([], stateful: true, [], []), 7);

    [Fact]
    public void ToArray_NothingChanged_IsTheSameArray()
    {
        ImmutableArray<FormEntry?> before = [s_form];
        FormSlots slots = new(before);
        Assert.Same(s_form, slots[0]);
        Assert.Null(slots[1]);
        Assert.Equal(before, slots.ToArray());
    }

    [Fact]
    public void Indexer_SlotBeyondTheOthers_MakesRoom()
    {
        ImmutableArray<FormEntry?> before = [s_form];
        FormSlots slots = new(before) { [2] = s_form, [0] = null };
        Assert.Null(slots[0]);
        Assert.Null(slots[1]);
        Assert.Null(slots[3]);
        Assert.Equal<FormEntry?>([null, null, s_form], slots.ToArray());
        Assert.Same(s_form, before[0]);
    }
}
