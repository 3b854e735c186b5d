using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class FreeSlotsTests
{
    [Fact]
    public void TryTake_Fresh_GivesEachOnceInOrder()
    {
        FreeSlots slots = new(new AlignedArray<ConnectionEntry>(5));
        Assert.Equal([0u, 1, 2, 3, 4], TakeAll(slots));
        Assert.Equal((5u, 0L), (slots.Used, slots.CountReturned()));
        Assert.False(slots.TryTake(out _));
        Assert.Equal(5u, slots.Used);
    }

    [Fact]
    public void Used_CountsWhatWasEverTaken()
    {
        FreeSlots slots = new(new AlignedArray<ConnectionEntry>(5));
        Assert.Equal(0u, slots.Used);
        Assert.True(slots.TryTake(out uint index));
        slots.Return(index);
        Assert.Equal((1u, 1L), (slots.Used, slots.CountReturned()));
    }

    [Fact]
    public void Return_OnAnyProcessor_IsTakenAgainOnce()
    {
        FreeSlots slots = new(new AlignedArray<ConnectionEntry>(1000));
        uint[] taken = [.. TakeAll(slots)];
        Parallel.ForEach(taken, new ParallelOptions { MaxDegreeOfParallelism = 8 }, slots.Return);
        Assert.Equal(1000, slots.CountReturned());
        Assert.Equal(taken, TakeAll(slots).Order());
        Assert.Equal(0, slots.CountReturned());
    }

    private static List<uint> TakeAll(FreeSlots slots)
    {
        List<uint> taken = [];
        while (slots.TryTake(out uint index))
        {
            taken.Add(index);
        }

        return taken;
    }
}
