using System.Buffers.Binary;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

/// <summary>Real captures, where the machine has them, read as both link types: the parser and the slow one agree on every packet.</summary>
public sealed class CaptureTests
{
    private const uint PcapMicroseconds = 0xA1B2C3D4;
    private const uint PcapNanoseconds = 0xA1B23C4D;
    private const uint EnhancedPacketBlock = 6;

    public static TheoryData<string> Captures
    {
        get
        {
            string folder = Path.Combine(Repository(), "..", "shared", "data", "captures");
            string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder).Select(Path.GetFullPath).Order().ToArray() : [];
            return files.Length > 0 ? [.. files] : [""];
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Parse_Capture_EqualsSlowParser(string path)
    {
        foreach ((byte[] bytes, int originalLength) in path.Length == 0 ? [] : PacketsOf(File.ReadAllBytes(path)))
        {
            foreach (LinkType linkType in new[] { LinkType.Ethernet, LinkType.RawIp })
            {
                Reason reason = PacketParser.Parse(bytes, originalLength, linkType, default, out ParsedPacket packet);
                (Reason slowReason, ParsedPacket slow) = SlowParser.Parse(bytes, originalLength, linkType, default);
                Assert.Equal(slowReason, reason);
                Assert.True(reason != Reason.NotEvaluated || slow.Equals(packet));
                ParseQuote(bytes, reason, packet);
            }
        }
    }

    private static void ParseQuote(byte[] bytes, Reason reason, in ParsedPacket packet)
    {
        if (reason == Reason.NotEvaluated && packet.Has(PacketTraits.IcmpError))
        {
            Reason quote = QuotedPacket.Parse(bytes, packet, out _);
            Assert.True(quote is Reason.NotEvaluated or Reason.Malformed or Reason.UnrelatedIcmp);
        }
    }

    private static IEnumerable<(byte[] Bytes, int OriginalLength)> PacketsOf(byte[] file)
    {
        bool isPcap = file.Length >= 24 && BinaryPrimitives.ReadUInt32LittleEndian(file) is PcapMicroseconds or PcapNanoseconds;
        return isPcap ? PcapPackets(file) : PcapngPackets(file);
    }

    private static IEnumerable<(byte[] Bytes, int OriginalLength)> PcapPackets(byte[] file)
    {
        for (int at = 24; at + 16 <= file.Length;)
        {
            int captured = (int)Word(file, at + 8);
            yield return (Slice(file, at + 16, captured), (int)Word(file, at + 12));
            at += 16 + captured;
        }
    }

    private static IEnumerable<(byte[] Bytes, int OriginalLength)> PcapngPackets(byte[] file)
    {
        for (int at = 0; at + 28 <= file.Length && Word(file, at + 4) >= 12; at += (int)Word(file, at + 4))
        {
            if (Word(file, at) == EnhancedPacketBlock)
            {
                yield return (Slice(file, at + 28, (int)Word(file, at + 20)), (int)Word(file, at + 24));
            }
        }
    }

    private static uint Word(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static byte[] Slice(byte[] file, int at, int octets) => file[at..Math.Min(file.Length, at + octets)];

    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SecurityGroups.Core.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
