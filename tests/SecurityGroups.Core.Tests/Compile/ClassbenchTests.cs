using System.IO.Compression;
using SecurityGroups.Match;
using SecurityGroups.Tests.Match;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Compile;

/// <summary>Rule sets and header traces of <c>../shared</c>, where they are present.</summary>
public sealed class ClassbenchTests
{
    private const int Sample = 150;

    [Theory]
    [InlineData("cloud_100.v4")]
    [InlineData("acl1_1k.v4")]
    [InlineData("fw1_1k.v4")]
    [InlineData("ipc1_1k.v4")]
    [InlineData("acl1_10k.v4")]
    [InlineData("fw1_10k.v4")]
    [InlineData("ipc1_10k.v4")]
    [InlineData("acl1_100k.v4")]
    [InlineData("fw1_100k.v4")]
    [InlineData("ipc1_100k.v4")]
    [InlineData("acl1_10k.v6")]
    [InlineData("fw1_10k.v6")]
    [InlineData("ipc1_10k.v6")]
    public void Form_RealRuleSet_AgreesWithALoopOnASample(string name)
    {
        Ethertype ethertype = name.EndsWith("v6", StringComparison.Ordinal) ? Ethertype.IPv6 : Ethertype.IPv4;
        SecurityGroupRule[] rules = [.. Lines(name, "rules").Select(line => Rule(line, ethertype))];
        if (rules.Length == 0)
        {
            return;
        }

        SecurityGroup group = SecurityGroup.CreateEmpty("g").WithRules([.. rules]);
        FormModel model = new([new RuleBlock(1, group)], new Dictionary<string, AddressGroup>(), [], _ => 0);
        CompiledForm form = model.Compile();
        MatchKey[] keys = [.. Lines(name, "mix.trace").Select(line => Key(line, ethertype))];
        BurstRuns.AssertAgree(form, keys, MembershipIndex.Empty, 0);
        foreach (MatchKey key in keys.Take(Sample))
        {
            long expected = model.FindRule(key, 0);
            Assert.Equal(expected, form.FindRule(key, MembershipIndex.Empty, 0));
            Assert.Equal(expected > 0, form.IsAllowed(key, MembershipIndex.Empty, 0));
        }
    }

    private static MatchKey Key(string line, Ethertype ethertype)
    {
        string[] parts = line.Split(' ');
        return new MatchKey(Direction.Ingress, ethertype, Cidr.Parse(parts[1]).Bits, byte.Parse(parts[0], null), ushort.Parse(parts[2], null));
    }

    private static SecurityGroupRule Rule(string line, Ethertype ethertype)
    {
        string[] parts = line.Split(' ');
        IpProtocol protocol = parts[1] switch
        {
            "any" => IpProtocol.Any,
            "tcp" => IpProtocol.Tcp,
            "udp" => IpProtocol.Udp,
            "icmp" => ethertype == Ethertype.IPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6,
            _ => IpProtocol.FromNumber(byte.Parse(parts[1], null)),
        };
        int low = Math.Max(int.Parse(parts[3], null), 1);
        PortRange ports = protocol.HasPorts ? new PortRange(low, int.Parse(parts[4], null)) : PortRange.All;
        return SecurityGroupRule.Create(Direction.Ingress, protocol, ports, null, Remote.Network(parts[2])) with { Id = "r", Ethertype = ethertype };
    }

    private static IEnumerable<string> Lines(string name, string kind)
    {
        string path = Path.Combine(Repository.Root, "..", "shared", "data", "classbench", $"{name}.{kind}.gz");
        if (!File.Exists(path))
        {
            yield break;
        }

        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
