using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>What a .NET user has today: a list of <see cref="IPNetwork"/> with protocol and ports, scanned in order.</summary>
internal sealed class NaiveMatch(RuleSet set, int headers)
{
    /// <summary>More would take the whole day.</summary>
    public const int MostRules = 10_000;

    private readonly Header[] _headers = [.. set.Trace.Take(headers)];
    private readonly (IPNetwork Network, byte Protocol, ushort Low, ushort High)[] _rules = [.. set.Rules.Rules.Select(rule => (
        IPNetwork.Parse(rule.Remote.Prefix!.NormalizedText), rule.Protocol.IsAny ? (byte)0 : rule.Protocol.Number, rule.Ports.Min, rule.Ports.Max))];

    /// <summary>Headers that some rule admits.</summary>
    public int CountAllowed()
    {
        int allowed = 0;
        foreach (Header header in _headers)
        {
            allowed += IsAllowed(header) ? 1 : 0;
        }

        return allowed;
    }

    private bool IsAllowed(Header header)
    {
        foreach ((IPNetwork network, byte protocol, ushort low, ushort high) in _rules)
        {
            bool matches = (protocol == 0 || protocol == header.Protocol)
                && ((low == 1 && high == ushort.MaxValue) || (header.Port >= low && header.Port <= high))
                && network.Contains(header.Remote);
            if (matches)
            {
                return true;
            }
        }

        return false;
    }
}
