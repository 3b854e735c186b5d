using SecurityGroups.Tracking;
using static SecurityGroups.Tests.Tracking.TableModel;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Connections that are looked for before they are worked on: what is sighted may be gone, or another's, when its turn comes.</summary>
public sealed class SightingTests
{
    /// <summary>A full table, so that hundreds of connections lie beside their home; every third flow is unknown, every seventh not tracked.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LookForAll_OfAFullTable_SightsWhatIsThereAndNothingElse(bool useAes)
    {
        const int Capacity = 4096;
        (ConnectionTable table, uint zone) = NewTable(Capacity, useAes && FlowHash.IsAesSupported);
        Assert.All(Enumerable.Range(0, Capacity), i => Assert.Equal(InsertResult.Inserted, Insert(table, KeyOf(i, zone), 0)));
        int elsewhere = 0;
        Flow[] flows = new Flow[32];
        for (int first = 0; first < Capacity; first += flows.Length)
        {
            for (int i = 0; i < flows.Length; i++)
            {
                int number = first + i;
                flows[i] = new Flow { IsTracked = number % 7 != 0, Key = KeyOf(IsKnown(number) ? number : number + Capacity, zone) };
            }

            uint unknown = table.LookForAll(flows);
            for (int i = 0; i < flows.Length; i++)
            {
                if (flows[i].IsTracked)
                {
                    Assert.Equal(table.Hash(flows[i].Key), flows[i].Hash);
                    Assert.Equal(flows[i].Sighting.IsNone, ((unknown >> i) & 1) != 0);
                    Assert.Equal(IsKnown(first + i), IsSeen(table, flows[i]));
                    Sighting alone = table.Look(flows[i].Hash);
                    Assert.Equal(alone, flows[i].Sighting);
                    elsewhere += IsKnown(first + i) && flows[i].Sighting.Bucket != (flows[i].Hash & ((2 * Capacity / 8) - 1)) ? 1 : 0;
                }
            }
        }

        Assert.InRange(elsewhere, 10, Capacity / 8);

        static bool IsKnown(int number) => number % 3 != 0;
    }

    [Fact]
    public void Sighting_OfAnEntryThatIsAnothersNow_SeesAndLocksNothing()
    {
        (ConnectionTable table, uint zone) = NewTable(1, FlowHash.IsAesSupported);
        Flow flow = Sighted(table, KeyOf(1, zone));
        Assert.True(IsSeen(table, flow) && CanLock(table, flow));
        Assert.True(Remove(table, flow.Key, 0));
        Assert.False(IsSeen(table, flow) || CanLock(table, flow));
        FlowKey other = KeyOf(2, zone);
        Assert.Equal(InsertResult.Inserted, Insert(table, other, 0));
        Assert.False(IsSeen(table, flow) || CanLock(table, flow));

        // It was locked for the look and is not any more.
        Assert.True(TouchLive(table, other, 0));
    }

    /// <summary>The same key in the same entry, but a connection of its own: who takes no lock cannot tell what it read of which.</summary>
    [Fact]
    public void Sighting_OfAConnectionThatCameAgain_SeesNothingAndLocksTheNewOne()
    {
        (ConnectionTable table, uint zone) = NewTable(1, FlowHash.IsAesSupported);
        Flow flow = Sighted(table, KeyOf(1, zone));
        Assert.True(Remove(table, flow.Key, 0));
        Assert.Equal(InsertResult.Inserted, Insert(table, flow.Key, 0));
        Assert.False(IsSeen(table, flow));
        Assert.True(CanLock(table, flow));
        flow.Sighting = table.Look(flow.Hash);
        Assert.True(IsSeen(table, flow));
    }

    // Of either family, by turns.
    private static FlowKey KeyOf(int number, uint zone) => new(
        5, ((UInt128)(uint)(number % 2) << 64) | (uint)number, 443, 4_000, zone, (Ethertype)(number % 2), 0, 17);

    private static Flow Sighted(ConnectionTable table, FlowKey key)
    {
        Assert.Equal(InsertResult.Inserted, Insert(table, key, 0));
        Flow[] flows = [new Flow { IsTracked = true, Key = key }];
        Assert.Equal(0u, table.LookForAll(flows));
        return flows[0];
    }

    private static bool IsSeen(ConnectionTable table, in Flow flow) =>
        !flow.Sighting.IsNone && table.TrySee(table[flow.Sighting.Index], flow.Sighting, flow.Key, out ConnectionState state, out _) && state.IsLive;

    private static bool CanLock(ConnectionTable table, in Flow flow)
    {
        ref ConnectionEntry entry = ref table[flow.Sighting.Index];
        bool isLocked = table.TryAcquire(ref entry, flow.Sighting.Index, flow.Key, out ConnectionState state);
        if (isLocked)
        {
            table.Release(flow.Sighting.Index, state);
        }

        return isLocked;
    }
}
