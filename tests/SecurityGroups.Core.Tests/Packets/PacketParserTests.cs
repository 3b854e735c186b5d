using FsCheck;
using FsCheck.Xunit;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>The parser as a whole: against the slow parser, and what holds for any octets.</summary>
public sealed class PacketParserTests
{
    public static TheoryData<string> SampleNames => [.. PacketSamples.RawIp.Keys];

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void Parse_Sample_EqualsSlowParser(string name)
    {
        byte[] bytes = PacketSamples.RawIp[name];
        AssertEqualsSlowParser(bytes, bytes.Length, LinkType.RawIp, Parsing.Strict);
        byte[] frame = PacketSamples.RawIp[name].Ethernet().Vlan(5).Vlan(9);
        AssertEqualsSlowParser(frame, frame.Length, LinkType.Ethernet, default);
    }

    [Property(MaxTest = 1000)]
    public void Parse_AnyOctets_EqualsSlowParser(byte[] bytes, bool ethernet, byte options)
    {
        LinkType linkType = ethernet ? LinkType.Ethernet : LinkType.RawIp;
        AssertEqualsSlowParser(bytes, bytes.Length, linkType, OptionsOf(options));
    }

    [Property(MaxTest = 5000)]
    public void Parse_ChangedSample_EqualsSlowParser(int seed, bool ethernet, byte options)
    {
        LinkType linkType = ethernet ? LinkType.Ethernet : LinkType.RawIp;
        byte[] bytes = PacketSamples.Next(new System.Random(seed), linkType);
        AssertEqualsSlowParser(bytes, bytes.Length, linkType, OptionsOf(options));
    }

    [Property(MaxTest = 3000)]
    public void Parse_CutSample_EqualsSlowParser(int seed, bool ethernet, byte options)
    {
        LinkType linkType = ethernet ? LinkType.Ethernet : LinkType.RawIp;
        System.Random random = new(seed);
        byte[] bytes = PacketSamples.Next(random, linkType);
        int captured = random.Next(bytes.Length + 1);
        AssertEqualsSlowParser(bytes[..captured], bytes.Length, linkType, OptionsOf(options));
    }

    [Property(MaxTest = 1000)]
    public void Parse_OtherOctetsBehindTheEnd_ChangeNothing(int seed, bool ethernet)
    {
        System.Random random = new(seed);
        LinkType linkType = ethernet ? LinkType.Ethernet : LinkType.RawIp;
        byte[] bytes = PacketSamples.Next(random, linkType);
        byte[] garbage = new byte[bytes.Length + 200];
        random.NextBytes(garbage);
        bytes.CopyTo(garbage, 100);
        Reason expected = PacketParser.Parse(bytes, linkType, Parsing.Strict, out ParsedPacket packet);
        Reason actual = PacketParser.Parse(garbage.AsSpan(100, bytes.Length), linkType, Parsing.Strict, out ParsedPacket same);
        Assert.Equal(expected, actual);
        Assert.Equal(packet, same);
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void Parse_EveryPrefixOfSample_ReadsNothingBehindIt(string name)
    {
        byte[] bytes = PacketSamples.RawIp[name].Ethernet();
        using GuardedOctets? guarded = GuardedOctets.TryCreate();
        for (int length = 0; length <= bytes.Length; length++)
        {
            ReadOnlySpan<byte> prefix = guarded is null ? bytes.AsSpan(0, length) : guarded.Place(bytes.AsSpan(0, length));
            Reason cut = PacketParser.Parse(prefix, bytes.Length, LinkType.Ethernet, Parsing.Strict, out ParsedPacket packet);
            Reason whole = PacketParser.Parse(prefix, LinkType.Ethernet, Parsing.Strict, out _);
            Assert.True(cut != Reason.Malformed || packet.Has(PacketTraits.HeadersCut) || whole == Reason.Malformed);
            if (cut == Reason.NotEvaluated && packet.Has(PacketTraits.IcmpError))
            {
                QuotedPacket.Parse(prefix, packet, out _);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void Parse_AnyKind_AllocatesNothing(string name)
    {
        byte[] bytes = PacketSamples.RawIp[name].Ethernet();
        ParsePacketAndQuote(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ParsePacketAndQuote(bytes);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Parse_Empty_IsMalformed()
    {
        Assert.Equal(Reason.Malformed, Parsing.RawIp([]));
        Assert.Equal(Reason.Malformed, Parsing.Ethernet([]));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x50)]
    [InlineData(0xF5)]
    public void Parse_RawIpOfOtherVersion_IsMalformed(byte first) => Assert.Equal(Reason.Malformed, Parsing.RawIp([first, .. new byte[60]]));

    [Fact]
    public void Parse_SamplesOfTheMutator_CoverEveryFormReason()
    {
        System.Random random = new(1);
        HashSet<Reason> seen = [];
        for (int i = 0; i < 60_000; i++)
        {
            LinkType linkType = (i & 1) == 0 ? LinkType.Ethernet : LinkType.RawIp;
            seen.Add(PacketParser.Parse(PacketSamples.Next(random, linkType), linkType, (i & 2) == 0 ? Parsing.Strict : default, out _));
        }

        Reason[] expected =
        [
            Reason.NotEvaluated, Reason.Malformed, Reason.BadFlags, Reason.BadChecksum, Reason.BadExtensionHeader, Reason.ExtensionHeaderLimit,
            Reason.IpOptions, Reason.Land, Reason.BadNeighborDiscovery, Reason.TinyFragment,
        ];
        Assert.Equal(expected.Order(), seen.Order());
    }

    private static void ParsePacketAndQuote(byte[] bytes)
    {
        Reason reason = PacketParser.Parse(bytes, LinkType.Ethernet, Parsing.Strict, out ParsedPacket packet);
        if (reason == Reason.NotEvaluated && packet.Has(PacketTraits.IcmpError))
        {
            QuotedPacket.Parse(bytes, packet, out _);
        }
    }

    private static ParserOptions OptionsOf(byte bits) =>
        new(VerifyChecksums: (bits & 1) != 0, AllowPortZero: (bits & 2) != 0, AllowSourceRoute: (bits & 4) != 0) { SegmentationOffload = (bits & 8) != 0 };

    private static void AssertEqualsSlowParser(byte[] bytes, int originalLength, LinkType linkType, ParserOptions options)
    {
        (Reason expectedReason, ParsedPacket expected) = SlowParser.Parse(bytes, originalLength, linkType, options);
        Reason reason = PacketParser.Parse(bytes, originalLength, linkType, options, out ParsedPacket packet);
        string octets = Convert.ToHexString(bytes);
        Assert.True(expectedReason == reason, $"{reason}, but slowly {expectedReason}: {octets}");
        Assert.True(expected.Has(PacketTraits.HeadersCut) == packet.Has(PacketTraits.HeadersCut), octets);
        if (reason == Reason.NotEvaluated)
        {
            AssertEqual(expected, packet, octets);
        }
    }

    private static void AssertEqual(ParsedPacket expected, ParsedPacket packet, string octets)
    {
        foreach (System.Reflection.FieldInfo field in typeof(ParsedPacket).GetFields())
        {
            (object? slow, object? fast) = (field.GetValue(expected), field.GetValue(packet));
            Assert.True(Equals(slow, fast), $"{field.Name}: {fast}, but slowly {slow}: {octets}");
        }
    }
}
