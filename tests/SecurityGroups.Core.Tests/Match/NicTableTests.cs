using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class NicTableTests
{
    [Fact]
    public void Indexer_SlotBeyondTheTable_IsFree()
    {
        Assert.Null(NicTable.Empty[0]);
        NicTable table = With(NicTable.Empty, 255);
        Assert.Null(table[254]);
        Assert.Null(table[256]);
        Assert.Null(table[-1]);
        Assert.NotNull(table[255]);
    }

    [Fact]
    public void With_SlotsOfSeveralChunks_LeavesTheGapsFree()
    {
        NicTable table = With(NicTable.Empty, 0, 255, 256, 1027);
        Assert.Equal([0, 255, 256, 1027], table.All().Select(nic => nic.Slot));
        Assert.Null(table[600]);
        Assert.Equal([0, 255, 1027], Change(table, [new(256, null)]).All().Select(nic => nic.Slot));
    }

    [Fact]
    public void With_Change_LeavesTheOldTableAsItWas()
    {
        NicTable before = With(NicTable.Empty, 1, 300);
        NicTable after = Change(before, [new(1, null), new(2, Nic(2))]);
        Assert.Equal([1, 300], before.All().Select(nic => nic.Slot));
        Assert.Equal([2, 300], after.All().Select(nic => nic.Slot));
    }

    [Fact]
    public void With_LowerSlot_KeepsTheHigherChunks() =>
        Assert.Equal([5, 700], With(With(NicTable.Empty, 700), 5).All().Select(nic => nic.Slot));

    [Fact]
    public void With_Nothing_IsTheSameObject() => Assert.Same(NicTable.Empty, NicTable.Empty.With([]));

    private static NicTable With(NicTable table, params int[] slots) =>
        table.With([.. slots.Select(slot => new KeyValuePair<int, NicBinding?>(slot, Nic(slot)))]);

    private static NicTable Change(NicTable table, KeyValuePair<int, NicBinding?>[] changes) => table.With(changes);

    private static NicBinding Nic(int slot) => NicBindingTests.Nic() with { Slot = slot };
}
