using System.Globalization;
using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>Seeded rule sets shaped like ClassBench's: nested prefixes of typical lengths, few popular ports, some ranges; IPv4 and IPv6.</summary>
internal static class RuleSetGenerator
{
    private const int TraceLength = 100_000;
    private static readonly int[] s_popularPorts = [22, 25, 53, 80, 123, 443, 1433, 1521, 3306, 3389, 5432, 6379, 8080, 8443, 9200];
    private static readonly int[] s_lengths = [8, 12, 16, 20, 22, 24, 24, 24, 26, 28, 30, 32, 32, 32];

    /// <summary>A set for a name as <c>acl1_10k.v4</c>: the number says how many rules, the ending which family.</summary>
    public static RuleSet Generate(string name)
    {
        Random random = new(name.Aggregate(17, (hash, character) => unchecked((hash * 31) + character)));
        bool isV6 = name.EndsWith(".v6", StringComparison.Ordinal);
        List<uint> bases = [.. Enumerable.Range(0, 64).Select(_ => (uint)random.NextInt64(0x0B00_0000, 0xDF00_0000))];
        List<(uint Address, int Length, string Protocol, int Low, int High)> rules = [.. Enumerable.Range(0, CountOf(name)).Select(_ => Rule(random, bases))];
        Header[] trace = new Header[TraceLength];
        for (int i = 0; i < trace.Length; i++)
        {
            trace[i] = Header(random, rules, isV6);
        }

        IEnumerable<SecurityGroupRule> distinct = rules.Select(rule => (rule.Protocol, Cidr: Text(rule.Address, rule.Length, isV6), rule.Low, rule.High))
            .Distinct()
            .Select(rule => RuleSet.Rule(rule.Protocol, rule.Cidr, rule.Low, rule.High));
        return new RuleSet(RuleSet.GroupOf(distinct), trace);
    }

    private static int CountOf(string name)
    {
        string number = name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..name.IndexOf('.', StringComparison.Ordinal)];
        return int.Parse(number.TrimEnd('k'), CultureInfo.InvariantCulture) * (number.EndsWith('k') ? 1000 : 1);
    }

    private static (uint, int, string, int, int) Rule(Random random, List<uint> bases)
    {
        int length = s_lengths[random.Next(s_lengths.Length)];
        uint spread = (uint)random.Next() & (uint.MaxValue >> 12);
        uint address = (bases[random.Next(bases.Count)] ^ spread) & (uint.MaxValue << (32 - length));
        int kind = random.Next(10);
        int port = kind < 7 ? s_popularPorts[random.Next(s_popularPorts.Length)] : random.Next(1024, 60_000);
        string protocol = kind == 9 ? "icmp" : kind is 1 or 4 ? "udp" : "tcp";
        return kind == 9 ? (address, length, protocol, 0, 65_535) : (address, length, protocol, port, kind == 8 ? port + random.Next(1, 1000) : port);
    }

    private static Header Header(Random random, List<(uint Address, int Length, string Protocol, int Low, int High)> rules, bool isV6)
    {
        (uint address, int length, string protocol, int low, int high) = rules[random.Next(rules.Count)];
        bool inside = random.Next(10) < 7;
        uint host = inside ? address | ((uint)random.NextInt64(uint.MaxValue) & (uint)((1UL << (32 - length)) - 1)) : (uint)random.NextInt64(0x0100_0000, 0xDF00_0000);
        byte number = protocol switch { "tcp" => 6, "udp" => 17, _ => 1 };
        int port = number == 1 ? 0x0800 : inside ? random.Next(low, high + 1) : random.Next(1, 65_536);
        return new Header(IPAddress.Parse(Text(host, 32, isV6).Split('/')[0]), number, (ushort)port);
    }

    // IPv6 sets are the IPv4 ones moved deterministically into 2001:db8::/32.
    private static string Text(uint address, int length, bool isV6) => isV6
        ? $"2001:db8:{address >> 16:x}:{address & 0xFFFF:x}::/{32 + length}"
        : $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}/{length}";
}
