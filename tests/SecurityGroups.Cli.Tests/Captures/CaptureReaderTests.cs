using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Captures;

public sealed class CaptureReaderTests
{
    private const uint Second = 1_767_225_600;
    private const long SecondInNanoseconds = Second * 1_000_000_000L;

    private static readonly byte[] s_first = [.. Enumerable.Range(0, 61).Select(i => (byte)i)];
    private static readonly byte[] s_second = [1, 2, 3];

    public static TheoryData<bool, uint, long> PcapKinds => new()
    {
        { false, CaptureBuilder.Microseconds, 1000 },
        { true, CaptureBuilder.Microseconds, 1000 },
        { false, CaptureBuilder.Nanoseconds, 1 },
        { true, CaptureBuilder.Nanoseconds, 1 },
    };

    public static TheoryData<byte, ulong, long> Resolutions => new()
    {
        { 0, 3, 3_000_000_000 },
        { 3, 3_001, 3_001_000_000 },
        { 6, 3_000_001, 3_000_001_000 },
        { 9, 3_000_000_001, 3_000_000_001 },
        { 12, 3_000_000_001_999, 3_000_000_001 },
        { 0x80, 3, 3_000_000_000 },
        { 0x80 | 10, 1024 + 512, 1_500_000_000 },
        { 0x80 | 32, (7UL << 32) | 0x4000_0000, 7_250_000_000 },
        { 0x80 | 127, ulong.MaxValue, 0 },
        { 127, ulong.MaxValue, 0 },
        { 0, ulong.MaxValue, long.MaxValue },
    };

    [Theory]
    [MemberData(nameof(PcapKinds))]
    public void Pcap_EitherByteOrderAndPrecision_IsRead(bool bigEndian, uint magic, long scale)
    {
        byte[] capture = new CaptureBuilder(bigEndian).PcapHeader(LinkTypes.Raw, magic)
            .PcapPacket(Second, 123_456, s_first).PcapPacket(Second + 1, 0, s_second, originalLength: 1500).ToArray();

        (List<CapturedPacket> packets, string? error) = CaptureReading.Read(capture);

        Assert.Null(error);
        Assert.Equal([1L, 2L], packets.Select(packet => packet.Number));
        Assert.Equal([SecondInNanoseconds + (123_456 * scale), SecondInNanoseconds + 1_000_000_000], packets.Select(packet => packet.Nanoseconds));
        Assert.Equal([61, 1500], packets.Select(packet => packet.OriginalLength));
        Assert.All(packets, packet => Assert.Equal(LinkTypes.Raw, packet.LinkType));
        Assert.Equal(s_first, packets[0].Data.ToArray());
        Assert.Equal(s_second, packets[1].Data.ToArray());
    }

    [Fact]
    public void Pcap_FrameCheckSequenceBits_DoNotChangeTheLinkType()
    {
        byte[] capture = new CaptureBuilder().PcapHeader(0x2400_0001).PcapPacket(1, 0, s_second).ToArray();
        Assert.Equal(LinkTypes.Ethernet, Assert.Single(CaptureReading.Read(capture).Packets).LinkType);
    }

    [Fact]
    public void Pcap_WithoutPackets_EndsWell()
    {
        (List<CapturedPacket> packets, string? error) = CaptureReading.Read(new CaptureBuilder().PcapHeader(1).ToArray());
        Assert.Empty(packets);
        Assert.Null(error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pcapng_InterfacesSectionsAndEveryPacketBlock_AreRead(bool bigEndian)
    {
        byte[] capture =
        [
            .. new CaptureBuilder(bigEndian).Section().Interface(LinkTypes.Ethernet).Interface(LinkTypes.LinuxCooked2, resolution: 9, offset: 10)
                .Enhanced(0, 5_000_000, s_first).Enhanced(1, 7, s_second, originalLength: 90)
                .Block(0xBAD, body => body.U32(1)).Obsolete(0, 6_000_000, s_second).Simple(s_first).ToArray(),
            .. new CaptureBuilder(!bigEndian).Section().Interface(LinkTypes.IPv6, snapLength: 2).Simple([9, 8], originalLength: 60).ToArray(),
        ];

        (List<CapturedPacket> packets, string? error) = CaptureReading.Read(capture);

        Assert.Null(error);
        Assert.Equal([1, 276, 1, 1, 229], packets.Select(packet => packet.LinkType));
        Assert.Equal([5_000_000_000, 10_000_000_007, 6_000_000_000, 6_000_000_000, 6_000_000_000], packets.Select(packet => packet.Nanoseconds));
        Assert.Equal([61, 90, 3, 61, 60], packets.Select(packet => packet.OriginalLength));
        Assert.Equal([61, 3, 3, 61, 2], packets.Select(packet => packet.Data.Length));
    }

    [Theory]
    [MemberData(nameof(Resolutions))]
    public void Pcapng_Resolution_GivesNanoseconds(byte resolution, ulong ticks, long nanoseconds)
    {
        byte[] capture = new CaptureBuilder().Section().Interface(1, resolution).Enhanced(0, ticks, s_second).ToArray();
        Assert.Equal(nanoseconds, Assert.Single(CaptureReading.Read(capture).Packets).Nanoseconds);
    }

    [Fact]
    public void Pcapng_ExtremeTimeOffset_Saturates()
    {
        byte[] capture = new CaptureBuilder().Section().Interface(1, offset: long.MinValue).Enhanced(0, 1, s_second).ToArray();
        Assert.Equal(long.MinValue, Assert.Single(CaptureReading.Read(capture).Packets).Nanoseconds);
    }

    [Theory]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    [InlineData(0x0200_0000u)]
    public void Pcap_HugeOrNegativeLength_StopsThereAndSaysSo(uint claimed)
    {
        byte[] capture = new CaptureBuilder().PcapHeader(1).PcapPacket(1, 0, s_first).PcapPacket(2, 0, s_second, claimedLength: claimed).ToArray();

        (List<CapturedPacket> packets, string? error) = CaptureReading.Read(capture);

        Assert.Single(packets);
        Assert.Equal($"test.pcap: damaged at octet 101, after 1 packets: a packet claims {claimed} captured octets.", error);
    }

    [Fact]
    public void Pcap_NegativeOriginalLength_IsDamage()
    {
        byte[] capture = new CaptureBuilder().PcapHeader(1).PcapPacket(1, 0, s_second, originalLength: -1).ToArray();
        Assert.Equal(
            "test.pcap: damaged at octet 24, after 0 packets: a packet claims an original length of 4294967295 octets.",
            CaptureReading.Read(capture).Error);
    }

    [Fact]
    public void Pcap_EndingInsideAPacket_DeliversThoseBefore()
    {
        byte[] capture = new CaptureBuilder().PcapHeader(1).PcapPacket(1, 0, s_first).PcapPacket(2, 0, s_second).ToArray();

        (List<CapturedPacket> packets, string? error) = CaptureReading.Read(capture[..^1]);

        Assert.Single(packets);
        Assert.Equal("test.pcap: damaged at octet 101, after 1 packets: it ends in the middle of a record.", error);
    }

    [Fact]
    public void Pcapng_BrokenBlocks_AreDamageWithItsCause()
    {
        Assert.Contains("a block claims a length of 8 octets", ErrorOf(good => good.U32(6).U32(8).U32(8)), StringComparison.Ordinal);
        Assert.Contains("a block claims a length of 4294967295 octets", ErrorOf(good => good.U32(6).U32(uint.MaxValue).U32(8)), StringComparison.Ordinal);
        Assert.Contains("a block claims a length of 13 octets", ErrorOf(good => good.U32(6).U32(13).Octets(new byte[5])), StringComparison.Ordinal);
        Assert.Contains("the two lengths of a block differ", ErrorOf(good => good.U32(6).U32(12).U32(16)), StringComparison.Ordinal);
        Assert.Contains("names interface 7, but the section describes 1", ErrorOf(good => good.Enhanced(7, 0, s_second)), StringComparison.Ordinal);
        Assert.Contains("shorter than its fixed part", ErrorOf(good => good.Block(6, body => body.U32(0))), StringComparison.Ordinal);
        Assert.Contains("an option leaves its block", ErrorOf(good => good.Block(1, body => body.U32(1).U32(0).U16(2).U16(400))), StringComparison.Ordinal);
        Assert.Contains("has room for 4", ErrorOf(good => good.Simple(s_second, originalLength: 60)), StringComparison.Ordinal);
        Assert.Contains("no byte-order magic", ErrorOf(good => good.U32(0x0A0D0D0A).U32(28).Octets(new byte[20])), StringComparison.Ordinal);
        Assert.Contains("pcapng version 9", ErrorOf(good => good.Block(0x0A0D0D0A, body => body.U32(0x1A2B3C4D).U32(9).U32(0).U32(0))), StringComparison.Ordinal);

        static string ErrorOf(Action<CaptureBuilder> damage)
        {
            CaptureBuilder builder = new CaptureBuilder().Section().Interface(1).Enhanced(0, 1, s_second);
            damage(builder);
            (List<CapturedPacket> packets, string? error) = CaptureReading.Read(builder.ToArray());
            Assert.Single(packets);
            Assert.StartsWith("test.pcap: damaged at octet 88, after 1 packets: ", error, StringComparison.Ordinal);
            return error!;
        }
    }

    [Fact]
    public void Reader_NoCapture_SaysWhatItIs()
    {
        Assert.Equal("test.pcap: it is empty, not a capture.", CaptureReading.Read([]).Error);
        Assert.Equal("test.pcap: it is too short to be a capture.", CaptureReading.Read([1, 2, 3]).Error);
        Assert.Equal("test.pcap: it is neither a pcap nor a pcapng file.", CaptureReading.Read("{ \"nics\": [] }"u8.ToArray()).Error);
        Assert.Contains("gzip", CaptureReading.Read([0x1F, 0x8B, 8, 0, 0]).Error, StringComparison.Ordinal);
        Assert.Contains("pcap version 2.3 is not 2.4", CaptureReading.Read(new CaptureBuilder().PcapHeader(1, minor: 3).ToArray()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Reader_CutAtEveryOctet_DeliversAPrefixAndNeverThrows()
    {
        foreach (byte[] capture in Samples())
        {
            List<CapturedPacket> whole = CaptureReading.Read(capture).Packets;
            for (int length = 0; length < capture.Length; length++)
            {
                (List<CapturedPacket> packets, string? error) = CaptureReading.Read(capture[..length], bufferOctets: 32);
                Assert.True(packets.Count < whole.Count, error);
                Assert.Equal(whole.Take(packets.Count).Select(Described), packets.Select(Described));
            }
        }
    }

    [Property(MaxTest = 500)]
    public bool Reader_AnyOctetsChanged_EndsInPacketsOrOneSentence(int sample, (NonNegativeInt Where, byte Value)[] changes)
    {
        byte[][] samples = [.. Samples()];
        byte[] capture = [.. samples[(int)((uint)sample % samples.Length)]];
        foreach ((NonNegativeInt where, byte value) in changes)
        {
            capture[where.Get % capture.Length] = value;
        }

        (List<CapturedPacket> packets, string? error) = CaptureReading.Read(capture);
        return packets.All(packet => packet.Data.Length <= packet.OriginalLength) && error is not { Length: 0 };
    }

    [Property(MaxTest = 300)]
    public bool Reader_AnyOctets_EndInPacketsOrOneSentence(byte[] octets, bool pcapng)
    {
        byte[] magic = pcapng ? [0x0A, 0x0D, 0x0D, 0x0A] : [0xA1, 0xB2, 0xC3, 0xD4];
        return CaptureReading.Read([.. magic, .. octets]).Packets.All(packet => packet.Data.Length <= packet.OriginalLength);
    }

    [Fact]
    public void Reader_AnyBufferSize_GivesTheSamePackets()
    {
        foreach (byte[] capture in Samples())
        {
            IEnumerable<string> expected = CaptureReading.Read(capture, 1 << 20).Packets.Select(Described);
            foreach (int octets in (int[])[1, 7, 16, 100])
            {
                Assert.Equal(expected, CaptureReading.Read(capture, octets).Packets.Select(Described));
            }
        }
    }

    [Fact]
    public void Reader_SharedCaptures_AreAllReadToTheirEnd()
    {
        foreach (string path in SharedData.Captures())
        {
            (List<CapturedPacket> packets, string? error) = CaptureReading.Read(File.ReadAllBytes(path));
            Assert.True(error is null, $"{path}: {error}");
            Assert.True(packets.Count > 0 || path.EndsWith("empty.pcap", StringComparison.Ordinal), path);
            Assert.All(packets, packet => Assert.Contains(packet.LinkType, (int[])[1, 101, 113, 276]));
        }
    }

    private static IEnumerable<byte[]> Samples()
    {
        foreach (bool bigEndian in (bool[])[false, true])
        {
            yield return new CaptureBuilder(bigEndian).PcapHeader(1).PcapPacket(1, 2, s_first).PcapPacket(3, 4, s_second).ToArray();
            yield return new CaptureBuilder(bigEndian).Section().Interface(1, 9, 3).Enhanced(0, 1, s_first).Simple(s_second).Obsolete(0, 9, s_second).ToArray();
        }
    }

    private static string Described(CapturedPacket packet) =>
        $"{packet.Number} {packet.Nanoseconds} {packet.LinkType} {packet.OriginalLength} {Convert.ToHexString(packet.Data.Span)}";
}
