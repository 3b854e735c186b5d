using FsCheck.Xunit;
using SecurityGroups.Events;

namespace SecurityGroups.Tests.Events;

public class EventRingTests
{
    [Property(MaxTest = 200)]
    public void Ring_AgainstAQueue_HoldsTheSame(bool[] steps, byte size)
    {
        EventRing ring = new(2 + (size % 7));
        Queue<long> model = [];
        long number = 0;
        long dropped = 0;
        foreach (bool isWrite in steps)
        {
            if (isWrite)
            {
                bool hasRoom = model.Count < ring.Capacity;
                Assert.Equal(hasRoom, TryWrite(ring, 0, ++number));
                dropped += hasRoom ? 0 : 1;
                if (hasRoom)
                {
                    model.Enqueue(number);
                }
            }
            else
            {
                Assert.Equal(model.TryDequeue(out long expected), ring.TryRead(out EventRecord record));
                Assert.Equal(expected, record.Time);
            }
        }

        Assert.Equal((dropped, number - dropped), (ring.Dropped, ring.Written));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(1000, 1024)]
    public void Capacity_IsRoundedUpToAPowerOfTwo(int asked, int expected) => Assert.Equal(expected, new EventRing(asked).Capacity);

    [Fact]
    public void Record_WhoseWriterIsNotDone_HoldsBackReadersOnly()
    {
        EventRing ring = new(4);
        Assert.True(ring.TryClaim(out long slow));
        Assert.True(TryWrite(ring, 0, 2));
        Assert.False(ring.TryRead(out _));
        ring.At(slow) = new EventRecord { Time = 1 };
        ring.Publish(slow);
        Assert.True(ring.TryRead(out EventRecord first) && ring.TryRead(out EventRecord second) && (first.Time, second.Time) == (1, 2));
    }

    /// <summary>Nothing is torn, doubled or lost but what was counted, and each writer's records stay in order.</summary>
    [Theory]
    [InlineData(8, 1)]
    [InlineData(8, 2)]
    [InlineData(4096, 2)]
    public async Task Soak_ManyWritersAndReaders_LoseOnlyWhatTheyCount(int capacity, int readers)
    {
        const int Writers = 3;
        const int Records = 100_000;
        EventRing ring = new(capacity);
        int writing = Writers;
        Task[] writes = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (int i = 1; i <= Records; i++)
            {
                TryWrite(ring, writer, i);
            }

            Interlocked.Decrement(ref writing);
        }))];
        Task<long>[] reads = [.. Enumerable.Range(0, readers).Select(_ => Task.Run(() => ReadAll(ring, Writers, () => Volatile.Read(ref writing) > 0)))];
        await Task.WhenAll(writes);
        long[] read = await Task.WhenAll(reads);
        Assert.Equal(Writers * Records, read.Sum() + ring.Dropped);
        Assert.Equal(ring.Written, read.Sum());
    }

    private static bool TryWrite(EventRing ring, int writer, long number)
    {
        bool isClaimed = ring.TryClaim(out long position);
        if (isClaimed)
        {
            ring.At(position) = new EventRecord { VlanIds = (uint)writer, Time = number, Local = (UInt128)number << 64, Remote = (UInt128)(number * 31) };
            ring.Publish(position);
        }

        return isClaimed;
    }

    private static long ReadAll(EventRing ring, int writers, Func<bool> isWriting)
    {
        long[] last = new long[writers];
        long count = 0;
        bool wasWriting;
        do
        {
            wasWriting = isWriting();
            while (ring.TryRead(out EventRecord record))
            {
                Assert.True(record.Local == (UInt128)record.Time << 64 && record.Remote == (UInt128)(record.Time * 31), "a torn record");
                Assert.True(record.Time > last[record.VlanIds], "a writer's records are out of order");
                last[record.VlanIds] = record.Time;
                count++;
            }
        }
        while (wasWriting);
        return count;
    }
}
