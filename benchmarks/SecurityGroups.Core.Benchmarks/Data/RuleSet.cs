using System.Globalization;
using System.IO.Compression;
using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>Rules of one ingress group and the headers to match against them.</summary>
internal sealed record RuleSet(SecurityGroup Rules, IReadOnlyList<Header> Trace)
{
    public const string GroupId = "set";

    /// <summary>The named ClassBench set when the shared data are there, otherwise a generated one of the same size and kind.</summary>
    /// <param name="name"><c>acl1_10k.v4</c>, <c>cloud_100.v4</c> and the like.</param>
    public static RuleSet Load(string name) =>
        SharedData.TryFind($"classbench/{name}.rules.gz", out string? rules) && SharedData.TryFind($"classbench/{name}.mix.trace.gz", out string? trace)
            ? new RuleSet(GroupOf(Lines(rules).Select(ParseRule)), [.. Lines(trace).Select(ParseHeader)])
            : RuleSetGenerator.Generate(name);

    public static SecurityGroup GroupOf(IEnumerable<SecurityGroupRule> rules) =>
        SecurityGroup.CreateEmpty(GroupId).WithRules(rules.Select((rule, index) => rule with { Id = $"r{index}" }));

    /// <summary>A policy with one NIC that has the group.</summary>
    public Policy ToPolicy() => Policy.Create([Rules], [new Nic("nic") { AddressChecks = false, SecurityGroups = [GroupId] }]);

    /// <summary>Writes <c>PATH.rules</c> and <c>PATH.trace</c> in the format of the shared sets.</summary>
    public void Export(string path)
    {
        File.WriteAllLines(path + ".rules", Rules.Rules.Select(Line));
        File.WriteAllLines(path + ".trace", Trace.Select(header => $"{header.Protocol} {header.Remote} {header.Port}"));
    }

    private static string Line(SecurityGroupRule rule)
    {
        string protocol = rule.Protocol.IsAny ? "any" : rule.Protocol.Number.ToString(CultureInfo.InvariantCulture);
        bool isEveryPort = !rule.Protocol.HasPorts || rule.Ports.IsAll;
        return $"ingress {protocol} {rule.Remote.Prefix!.NormalizedText} {(isEveryPort ? "0 65535" : $"{rule.Ports.Min} {rule.Ports.Max}")}";
    }

    public static SecurityGroupRule Rule(string protocol, string cidr, int low, int high)
    {
        IpProtocol parsed = IpProtocol.Parse(protocol);
        Remote remote = Remote.Network(cidr);
        return parsed.HasPorts && low > 0
            ? SecurityGroupRule.Ingress(parsed, new PortRange(low, high), remote)
            : SecurityGroupRule.Ingress(parsed, remote);
    }

    private static SecurityGroupRule ParseRule(string line)
    {
        string[] words = line.Split(' ');
        return Rule(words[1], words[2], Number(words[3]), Number(words[4]));
    }

    private static Header ParseHeader(string line)
    {
        string[] words = line.Split(' ');
        return new Header(IPAddress.Parse(words[1]), (byte)Number(words[0]), (ushort)Number(words[2]));
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Lines(string path)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
