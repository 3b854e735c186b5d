using FsCheck.Xunit;
using SecurityGroups.Tracking;
using static SecurityGroups.Tests.Tracking.TableModel;

namespace SecurityGroups.Tests.Tracking;

public class ConnectionTableTests
{
    private const int Capacity = 96;

    [Property(MaxTest = 300)]
    public void Table_AgainstADictionary_FindsTheSame((byte What, byte Key, ushort Wait)[] steps, bool useAes)
    {
        TableModel model = new(Capacity, useAes);
        foreach ((byte what, byte key, ushort wait) in steps)
        {
            model.Step(what, key, wait / 4);
        }

        model.CheckAll();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(65_536)]
    public void Table_FilledAndEmptied_HoldsItsCapacityAndLosesNothing(int capacity)
    {
        (ConnectionTable table, uint zone) = NewTable(capacity, FlowHash.IsAesSupported);
        int inserted = Enumerable.Range(0, capacity).Count(i => Insert(table, Key(i, zone), 0) == InsertResult.Inserted);

        // Eight buckets in a row may be full before the table is: a chance of one in millions, here with a fixed secret none.
        Assert.Equal(capacity, inserted);
        Assert.Equal(InsertResult.Full, Insert(table, Key(capacity, zone), 0));
        Assert.All(Enumerable.Range(0, capacity), i => Assert.True(TouchLive(table, Key(i, zone), 1)));
        Assert.Null(table.FindDamage());
        Assert.All(Enumerable.Range(0, capacity), i => Assert.True(Remove(table, Key(i, zone), 1)));
        Assert.Equal(0, table.Count);
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void Clock_GoingBack_ExpiresNothing()
    {
        (ConnectionTable table, uint zone) = NewTable(Capacity, FlowHash.IsAesSupported);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(InsertResult.Inserted, Insert(table, Key(i, zone), 5_000_000)));
        Assert.Equal(0, table.Reclaim(1_000_000, 1000));
        Assert.All(Enumerable.Range(0, 50), i => Assert.True(TouchLive(table, Key(i, zone), 1_000_000)));
        Assert.Equal(50, table.Reclaim(5_030_000, 1000));
    }

    [Fact]
    public void Clock_WrappingAround_ExpiresNothing()
    {
        const long Wrap = 1L << 40;
        (ConnectionTable table, uint zone) = NewTable(Capacity, FlowHash.IsAesSupported);
        Insert(table, Key(1, zone), Wrap - 10_000);
        Assert.True(TouchLive(table, Key(1, zone), Wrap + 10_000));
        Assert.Equal(0, table.Reclaim(Wrap + 39_999, 1000));
        Assert.Equal(1, table.Reclaim(Wrap + 40_000, 1000));
    }

    [Fact]
    public void Layout_IsAsTheMemoryBudgetSays()
    {
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<ConnectionEntry>());
        Assert.Equal(64, System.Runtime.CompilerServices.Unsafe.SizeOf<Bucket>());
        Assert.Equal(32, System.Runtime.CompilerServices.Unsafe.SizeOf<AddressPair>());
    }
}
