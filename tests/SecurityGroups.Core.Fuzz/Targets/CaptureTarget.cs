using System.Globalization;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// Any octets: the capture reader ends in packets and perhaps one sentence, whatever the size of its buffer; a slow reader finds the same packets;
/// memory is bounded by the file's length, not by what it claims; and what was read can be written and read again.
/// </summary>
internal sealed class CaptureTarget : FuzzTarget
{
    private const long AllocatedOctetsPerOctet = 200;
    private const long AllocatedOctetsAnyway = 1 << 20;

    public override string Name => "capture";

    public override void Run(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        (List<CapturedPacket> packets, string? error) = CaptureReading.Read(input);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Require(allocated <= AllocatedOctetsAnyway + (AllocatedOctetsPerOctet * input.Length), $"{allocated} octets for a file of {input.Length}");
        Require(error is null || (error.StartsWith(CaptureReading.Name, StringComparison.Ordinal) && error.EndsWith('.')), $"no sentence: {error}");
        Require(packets.All(packet => packet.Data.Length <= packet.OriginalLength), "no packet is longer than it was");

        (List<CapturedPacket> inPieces, string? errorInPieces) = CaptureReading.Read(input, bufferOctets: 1 + (input.Length % 61));
        Require(error == errorInPieces && Describe(packets) == Describe(inPieces), $"the buffer's size matters: {error} or {errorInPieces}");

        (List<CapturedPacket> slowly, bool isWhole) = SlowCaptureReader.Read(input);
        Require(isWhole == (error is null) && Describe(packets) == Describe(slowly), $"slowly otherwise: {packets.Count} or {slowly.Count} packets, {error}");
        Require(Describe(Rewritten(packets)) == Describe(packets.ConvertAll(NotBefore1970)), "what is written reads back equal");
        Reached += packets.Count;
    }

    public override byte[] Next(Random random) => Mutation.Damage(Seeds().ElementAt(random.Next(8)), random);

    public override IEnumerable<byte[]> Seeds()
    {
        byte[] first = PacketSamples.RawIp["syn4"].Ethernet();
        byte[] second = PacketSamples.RawIp["udp6"];
        foreach (bool bigEndian in (bool[])[false, true])
        {
            yield return new CaptureBuilder(bigEndian).PcapHeader(1).PcapPacket(1, 2, first).PcapPacket(3, 4, second, originalLength: 1500).ToArray();
            yield return new CaptureBuilder(bigEndian).PcapHeader(101, CaptureBuilder.Nanoseconds).PcapPacket(1, 999_999_999, second).ToArray();
            yield return new CaptureBuilder(bigEndian).Section().Interface(1).Interface(276, 9, 3).Enhanced(0, 1, first).Enhanced(1, 7, second, 90).Simple(first)
                .Block(0xBAD, body => body.U32(1)).Obsolete(0, 9, second).ToArray();
            yield return
            [
                .. new CaptureBuilder(bigEndian).Section().Interface(1, 0x80 | 10, -3, snapLength: 20).Enhanced(0, 5000, first).Simple(first[..20], first.Length).ToArray(),
                .. new CaptureBuilder(!bigEndian).Section().Interface(229).Simple(second).ToArray(),
            ];
        }
    }

    private static string Describe(List<CapturedPacket> packets) => string.Join('\n', packets.Select(packet => string.Create(
        CultureInfo.InvariantCulture,
        $"{packet.Number} {packet.Nanoseconds} {packet.LinkType} {packet.OriginalLength} {Convert.ToHexString(packet.Data.Span)}")));

    // The tool writes no earlier time.
    private static CapturedPacket NotBefore1970(CapturedPacket packet) => packet with { Nanoseconds = Math.Max(0, packet.Nanoseconds) };

    private static List<CapturedPacket> Rewritten(List<CapturedPacket> packets)
    {
        MemoryStream file = new();
        using (CaptureWriter writer = CaptureWriter.Create(file, "copy.pcapng"))
        {
            packets.ForEach(packet => writer.Write(packet));
        }

        return CaptureReading.Read(file.ToArray()).Packets;
    }
}
