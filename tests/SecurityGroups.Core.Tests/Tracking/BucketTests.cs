using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class BucketTests
{
    [Fact]
    public void SlotsWith_Tag_NamesEachSlotThatCarriesIt()
    {
        Bucket bucket = default;
        Assert.Equal(0xFFu, bucket.SlotsWith(0));
        bucket.Fill(0, 7, 100);
        bucket.Fill(5, 7, 105);
        bucket.Fill(7, 9, 107);
        Assert.Equal((0b0010_0001u, 0b1000_0000u, 0b0101_1110u), (bucket.SlotsWith(7), bucket.SlotsWith(9), bucket.SlotsWith(0)));
        Assert.Equal((100u, 105u, 107u), (bucket.IndexAt(0), bucket.IndexAt(5), bucket.IndexAt(7)));
        Assert.Equal((7, 0, 9), (bucket.TagAt(0), bucket.TagAt(1), bucket.TagAt(7)));
        bucket.Clear(5);
        Assert.Equal((0b0000_0001u, 0b0111_1110u), (bucket.SlotsWith(7), bucket.SlotsWith(0)));
    }

    [Fact]
    public void Fill_EverySlot_TouchesNeitherLockNorSpilled()
    {
        Bucket bucket = default;
        for (int slot = 0; slot < Bucket.Slots; slot++)
        {
            bucket.Fill(slot, ushort.MaxValue, uint.MaxValue);
        }

        Assert.Equal(0ul, bucket.Spilled);
        bucket.Lock();
        bucket.Unlock();
        Assert.Equal(0xFFu, bucket.SlotsWith(ushort.MaxValue));
    }

    [Fact]
    public void Version_CountsWhatIsClearedOnly()
    {
        Bucket bucket = default;
        uint version = bucket.Version;
        bucket.Fill(0, 7, 100);
        bucket.Lock();
        bucket.Unlock();
        Assert.Equal(version, bucket.Version);
        bucket.Clear(0);
        Assert.Equal(version + 1, bucket.Version);
    }

    [Fact]
    public async Task Lock_Held_KeepsOthersOut()
    {
        Bucket[] bucket = new Bucket[1];
        long count = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                bucket[0].Lock();
                count++;
                bucket[0].Unlock();
            }
        })));
        Assert.Equal(80_000, count);
    }
}
