using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class FlowHashTests
{
    private const ulong Key0 = 0x0706050403020100;
    private const ulong Key1 = 0x0F0E0D0C0B0A0908;

    // The reference vectors of SipHash-2-4: key 00..0f, message 00, 01, ... of the given length.
    [Theory]
    [InlineData(0, 0x726FDB47DD0E0E31UL)]
    [InlineData(1, 0x74F839C593DC67FDUL)]
    [InlineData(7, 0xAB0200F58B01D137UL)]
    [InlineData(8, 0x93F5F5799A932462UL)]
    [InlineData(15, 0xA129CA6149BE45E5UL)]
    [InlineData(20, 0xBED65CF21AA2EE98UL)]
    [InlineData(44, 0xF935451DE4F21DF2UL)]
    [InlineData(63, 0x958A324CEB064572UL)]
    public void SipHash_WithTwoAndFourRounds_GivesTheReferenceVectors(int octets, ulong expected) =>
        Assert.Equal(expected, Sip(octets, 2, 4));

    [Fact]
    public void SipHash_WithOneAndThreeRounds_GivesTheReferenceVectorOfNothing() => Assert.Equal(0xABAC0158050FC4DCUL, Sip(0, 1, 3));

    [Fact]
    public void Compute_WithoutAes_IsSipHashOfTheKeyOctets()
    {
        FlowKey key = new(0x03020100, 0x07060504, 0x0B0A, 0x0908, 0x0F0E0D0C, Ethertype.IPv4, 0x131211, 0x10);
        SipHash expected = new(Key0, Key1);
        expected.Add(0x0302010007060504);
        expected.Add(0x0F0E0D0C0B0A0908);
        expected.Add(0x13121110 | (20UL << 56));
        Assert.Equal(expected.Finish(), new FlowHash(new UInt128(Key1, Key0), useAes: false).Compute(key));
    }

    [Fact]
    public void Compute_OfIPv6WithoutAes_IsSipHashOfTheKeyOctets()
    {
        FlowKey key = new(new UInt128(3, 4), new UInt128(5, 6), 0x0B0A, 0x0908, 7, Ethertype.IPv6, 0x131211, 0x10);
        SipHash expected = new(Key0, Key1);
        foreach (ulong word in (ulong[])[4, 3, 6, 5, 0x800000070B0A0908, 0x13121110 | (44UL << 56)])
        {
            expected.Add(word);
        }

        Assert.Equal(expected.Finish(), new FlowHash(new UInt128(Key1, Key0), useAes: false).Compute(key));
    }

    [Fact]
    public void Compute_OfAddressesAndWordsWithoutAes_IsSipHashOfThem()
    {
        SipHash expected = new(Key0, Key1);
        foreach (ulong word in (ulong[])[4, 3, 6, 5, 8, 9])
        {
            expected.Add(word);
        }

        FlowHash hash = new(new UInt128(Key1, Key0), useAes: false);
        Assert.Equal(expected.Finish(), hash.Compute(new UInt128(3, 4), new UInt128(5, 6), 8, 9));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_EitherHalfOfAnAddress_Counts(bool useAes)
    {
        if (useAes && !FlowHash.IsAesSupported)
        {
            return;
        }

        FlowHash hash = new(new UInt128(Key1, Key0), useAes);
        (UInt128 Local, UInt128 Remote)[] pairs =
        [
            (new(1, 2), new(3, 4)), (new(9, 2), new(3, 4)), (new(1, 9), new(3, 4)), (new(1, 2), new(9, 4)), (new(1, 2), new(3, 9)), (new(3, 4), new(1, 2)),
        ];
        Assert.Equal(pairs.Length, pairs.Select(pair => hash.Compute(new FlowKey(pair.Local, pair.Remote, 3, 4, 5, Ethertype.IPv6, 6, 17))).Distinct().Count());
        Assert.Equal(pairs.Length, pairs.Select(pair => hash.Compute(pair.Local, pair.Remote, 7, 8)).Distinct().Count());
        Assert.Equal(3, new[] { (7, 8), (7, 9), (9, 8) }.Select(words => hash.Compute(1, 2, (ulong)words.Item1, (ulong)words.Item2)).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_EveryMemberAndTheSecret_Count(bool useAes)
    {
        if (useAes && !FlowHash.IsAesSupported)
        {
            return;
        }

        FlowHash hash = new(new UInt128(Key1, Key0), useAes);
        foreach (Ethertype type in Enum.GetValues<Ethertype>())
        {
            FlowKey[] keys =
            [
                new(1, 2, 3, 4, 5, type, 6, 17), new(9, 2, 3, 4, 5, type, 6, 17), new(1, 9, 3, 4, 5, type, 6, 17), new(1, 2, 9, 4, 5, type, 6, 17),
                new(1, 2, 3, 9, 5, type, 6, 17), new(1, 2, 3, 4, 9, type, 6, 17), new(1, 2, 3, 4, 5, type, 9, 17), new(1, 2, 3, 4, 5, type, 6, 9),
                new(2, 1, 3, 4, 5, type, 6, 17), new(1, 2, 4, 3, 5, type, 6, 17),
            ];
            Assert.Equal(keys.Length, keys.Select(key => hash.Compute(key)).Distinct().Count());
            Assert.NotEqual(hash.Compute(keys[0]), new FlowHash(new UInt128(Key1, Key0 + 1), useAes).Compute(keys[0]));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_OfNeighbours_SpreadsOverTheBuckets(bool useAes)
    {
        if (useAes && !FlowHash.IsAesSupported)
        {
            return;
        }

        FlowHash hash = new(new UInt128(Key1, Key0), useAes);
        int[] buckets = new int[1024];
        for (int i = 0; i < 65_536; i++)
        {
            FlowKey key = new(0x0A000005, 0xCB007107, (ushort)i, 443, 1, Ethertype.IPv4, 0, 6);
            buckets[hash.Compute(key) & 1023]++;
        }

        // Poisson with mean 64: a bucket outside 20 to 120 would be a chance of one in 10^9.
        Assert.All(buckets, count => Assert.InRange(count, 20, 120));
    }

    [Fact]
    public void NewHashes_HaveSecretsOfTheirOwn()
    {
        FlowKey key = new(1, 2, 3, 4, 5, Ethertype.IPv4, 0, 6);
        Assert.NotEqual(new FlowHash().Compute(key), new FlowHash().Compute(key));
    }

    private static ulong Sip(int octets, int rounds, int finalRounds)
    {
        byte[] message = [.. Enumerable.Range(0, octets).Select(i => (byte)i)];
        SipHash hash = new(Key0, Key1);
        int whole = octets / 8 * 8;
        for (int i = 0; i < whole; i += 8)
        {
            hash.Add(BitConverter.ToUInt64(message, i), rounds);
        }

        byte[] last = new byte[8];
        message.AsSpan(whole).CopyTo(last);
        hash.Add(BitConverter.ToUInt64(last) | ((ulong)octets << 56), rounds);
        return hash.Finish(finalRounds);
    }
}
