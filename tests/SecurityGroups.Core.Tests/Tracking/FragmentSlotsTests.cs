using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class FragmentSlotsTests
{
    [Fact]
    public void TryTake_Fresh_GivesEachOnceInOrder()
    {
        FragmentSlots slots = new(new AlignedArray<FragmentEntry>(4));
        Assert.Equal(4, slots.Count());
        Assert.Equal([0u, 1, 2, 3], TakeAll(slots));
        Assert.Equal(0, slots.Count());
        Assert.False(slots.TryTake(out _));
    }

    [Fact]
    public void Return_InAnyOrder_IsTakenAgainOnceAndLastFirst()
    {
        FragmentSlots slots = new(new AlignedArray<FragmentEntry>(4));
        TakeAll(slots);
        slots.Return(2);
        slots.Return(0);
        Assert.Equal(2, slots.Count());
        Assert.Equal([0u, 2], TakeAll(slots));
        slots.Return(3);
        Assert.Equal([3u], TakeAll(slots));
        Assert.Equal(0, slots.Count());
    }

    /// <summary>What was never used goes out only when nothing came back.</summary>
    [Fact]
    public void TryTake_WhatCameBack_GoesBeforeAFreshOne()
    {
        FragmentSlots slots = new(new AlignedArray<FragmentEntry>(4));
        Assert.True(slots.TryTake(out uint index));
        slots.Return(index);
        Assert.Equal((0u, 4), (index, slots.Count()));
        Assert.Equal([0u, 1, 2, 3], TakeAll(slots));
    }

    private static List<uint> TakeAll(FragmentSlots slots)
    {
        List<uint> taken = [];
        while (slots.TryTake(out uint index))
        {
            taken.Add(index);
        }

        return taken;
    }
}
