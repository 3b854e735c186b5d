using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// Any octets, whole and cut by a capture: the parser and the slow parser agree on the reason and on every field; a quote in an ICMP error is read or
/// refused.
/// </summary>
internal sealed class ParserTarget : FuzzTarget
{
    private static readonly LinkType[] s_linkTypes = [LinkType.Ethernet, LinkType.RawIp];

    private static readonly ParserOptions[] s_options =
    [
        default, new(VerifyChecksums: true, AllowPortZero: false, AllowSourceRoute: false), new(false, true, true) { SegmentationOffload = true },
    ];

    public override string Name => "parser";

    public override void Run(byte[] input)
    {
        foreach (LinkType linkType in s_linkTypes)
        {
            foreach (ParserOptions options in s_options)
            {
                Check(input, input.Length, linkType, options);
                Check(input[..(input.Length / 2)], input.Length, linkType, options);
            }
        }
    }

    public override byte[] Next(Random random) => PacketSamples.Next(random, s_linkTypes[random.Next(2)]);

    public override IEnumerable<byte[]> Seeds() =>
        PacketSamples.RawIp.Values.Select(packet => packet.Build()).Concat(PacketSamples.RawIp.Values.Take(8).Select(packet => packet.Ethernet().Vlan(1).Build()));

    private void Check(byte[] octets, int originalLength, LinkType linkType, ParserOptions options)
    {
        Reason reason = PacketParser.Parse(octets, originalLength, linkType, options, out ParsedPacket packet);
        (Reason slowReason, ParsedPacket slow) = SlowParser.Parse(octets, originalLength, linkType, options);
        Require(reason == slowReason && (reason != Reason.NotEvaluated || packet.Equals(slow)), $"{reason}, but slowly {slowReason}");
        Reached += reason == Reason.NotEvaluated ? 1 : 0;
        if (reason == Reason.NotEvaluated && packet.Has(PacketTraits.IcmpError))
        {
            Reason quote = QuotedPacket.Parse(octets, packet, out _);
            Require(quote is Reason.NotEvaluated or Reason.Malformed or Reason.UnrelatedIcmp, $"a quote ended in {quote}");
        }
    }
}
