using SecurityGroups.Compile;
using SecurityGroups.Match;
using SecurityGroups.Tests.Match;

namespace SecurityGroups.Tests.Compile;

/// <summary>100,000 rules of every shape that could make a compiler blow up: they compile, stay within the stated memory, and mean what they say.</summary>
public sealed class LargeFormTests
{
    private const int Rules = 100_000;
    private static readonly IpProtocol[] s_protocols = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.UdpLite, IpProtocol.Dccp];

    public static TheoryData<string> Shapes => [.. s_shapes.Keys];

    private static readonly Dictionary<string, Func<Random, int, SecurityGroupRule>> s_shapes = new()
    {
        ["different ranges at any remote and at hosts"] = (random, i) => Rule(random, i, i % 2 == 0 ? Any : Host(random)),
        ["different ranges at halves of the world and at hosts"] = (random, i) =>
            Rule(random, i, i % 2 == 0 ? new Prefix(Ethertype.IPv4, (UInt128)(i % 4 == 0 ? 0u : 1u << 31), 1) : Host(random)),
        ["nested prefixes of every length"] = (random, i) => Rule(random, i, PrefixModel.Prefix(random, Ethertype.IPv4)),
        ["one path of 32 prefixes"] = (random, i) => Rule(random, i, Masked(Ethertype.IPv4, 0x0a010203, 1 + (i % 32))),
        ["every other port at one prefix"] = (_, i) => Rule(s_protocols[i / 20_000], 1 + (i % 20_000 * 3), 1, Masked(Ethertype.IPv4, 0x0a000000, 8)),
        ["adjacent hosts"] = (random, i) => Rule(random, i, new Prefix(Ethertype.IPv4, 0x0a000000 + (uint)i, 32)),
        ["IPv6 hosts"] = (random, i) => Rule(random, i, Masked(Ethertype.IPv6, Wide(random), 128)),
        ["IPv6 prefixes of every length"] = (random, i) => Rule(random, i, PrefixModel.Prefix(random, Ethertype.IPv6)),
        ["few services at prefixes as in ClassBench"] = (random, i) =>
            Rule(s_protocols[i % 2], random.Next(1, 40) * 100, 1, Masked(Ethertype.IPv4, (uint)random.Next(int.MaxValue), 20 + random.Next(13))),
    };

    private static Prefix Any => new(Ethertype.IPv4, 0, 0);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Form_HundredThousandRules_AgreesOnASampleAndKeepsItsMemory(string shape)
    {
        Random random = new(shape.Length);
        SecurityGroup group = SecurityGroup.CreateEmpty("g").WithRules([.. Enumerable.Range(0, Rules).Select(i => s_shapes[shape](random, i))]);
        FormModel model = new([new RuleBlock(1, group)], new Dictionary<string, AddressGroup>(), [], _ => 0);
        CompiledForm form = model.Compile();
        Assert.InRange(form.Octets, 1, FormCompiler.MaxOctetsOfForm + (Rules * FormCompiler.MaxOctetsPerRow));
        MatchKey[] keys = [.. Enumerable.Range(0, 100).Select(_ => Key(random, group.Rules[random.Next(Rules)]))];
        BurstRuns.AssertAgree(form, keys, MembershipIndex.Empty, 0);
        foreach (MatchKey key in keys)
        {
            long expected = model.FindRule(key, 0);
            Assert.Equal(expected, form.FindRule(key, MembershipIndex.Empty, 0));
            Assert.Equal(expected > 0, form.IsAllowed(key, MembershipIndex.Empty, 0));
        }
    }

    private static MatchKey Key(Random random, SecurityGroupRule rule)
    {
        Ethertype ethertype = rule.Ethertype!.Value;
        UInt128 hostBits = ~PrefixModel.Mask(PrefixModel.WidthOf(ethertype), rule.Remote.Prefix?.PrefixLength ?? 0) & Wide(random);
        UInt128 remote = ((rule.Remote.Prefix?.Bits ?? 0) | hostBits) & PrefixModel.Mask(PrefixModel.WidthOf(ethertype), PrefixModel.WidthOf(ethertype));
        int port = random.Next(3) == 0 ? random.Next(1 << 16) : rule.Ports.Min;
        return new MatchKey(rule.Direction, ethertype, remote, rule.Protocol.Number, (ushort)port);
    }

    private static SecurityGroupRule Rule(Random random, int i, Prefix remote) =>
        Rule(s_protocols[i % s_protocols.Length], random.Next(1, 65_000), random.Next(1, 20), remote);

    private static SecurityGroupRule Rule(IpProtocol protocol, int port, int count, Prefix remote) =>
        SecurityGroupRule.Create(Direction.Ingress, protocol, new PortRange(port, port + count - 1), null, Remote.Network(remote.Cidr)) with
        {
            Id = "r",
            Ethertype = remote.Ethertype,
        };

    private static Prefix Host(Random random) => Masked(Ethertype.IPv4, (uint)random.Next(int.MaxValue), 32);

    private static Prefix Masked(Ethertype ethertype, UInt128 bits, int length) =>
        new(ethertype, bits & PrefixModel.Mask(PrefixModel.WidthOf(ethertype), length), length);

    private static UInt128 Wide(Random random) => ((UInt128)(ulong)random.NextInt64() << 64) | (UInt128)(ulong)random.NextInt64();
}
