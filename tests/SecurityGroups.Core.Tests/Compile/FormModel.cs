using System.Collections.Immutable;
using SecurityGroups.Compile;
using SecurityGroups.Match;
using SecurityGroups.Tests.Match;

namespace SecurityGroups.Tests.Compile;

/// <summary>The meaning of rules by a loop over all of them, with members as a plain list.</summary>
internal sealed class FormModel(
    ImmutableArray<RuleBlock> blocks, IReadOnlyDictionary<string, AddressGroup> addressGroups, IReadOnlyList<MemberChange> members, Func<string, int> numberOf)
{
    public CompiledForm Compile()
    {
        Assert.True(FormCompiler.TryCompile(blocks, addressGroups, numberOf, long.MaxValue, out CompiledForm? form, out PolicyError? error), error?.Message);
        return form!;
    }

    /// <summary>The number of the first rule that admits the packet, or 0.</summary>
    public long FindRule(MatchKey key, int network)
    {
        foreach (RuleBlock block in blocks)
        {
            for (int i = 0; i < block.Group.Rules.Length; i++)
            {
                SecurityGroupRule rule = block.Group.Rules[i];
                if (rule.Direction == key.Direction && rule.Ethertype == key.Ethertype && MatchesService(rule, key) && MatchesRemote(rule.Remote, key, network))
                {
                    return block.First + i;
                }
            }
        }

        return 0;
    }

    private static bool MatchesService(SecurityGroupRule rule, MatchKey key)
    {
        if (rule.Protocol.IsAny)
        {
            return true;
        }

        int number = rule.Protocol == IpProtocol.Icmp && key.Ethertype == Ethertype.IPv6 ? 58 : rule.Protocol.Number;
        if (number != key.Protocol || number is 0 or 43 or 44 or 60)
        {
            return false;
        }

        if (rule.Icmp is { } icmp)
        {
            return icmp.Type == key.Port >> 8 && (icmp.Code is null || icmp.Code == (key.Port & 0xff));
        }

        return rule.Ports.IsAll || (key.Port >= rule.Ports.Min && key.Port <= rule.Ports.Max);
    }

    private bool MatchesRemote(Remote remote, MatchKey key, int network) => remote.Kind switch
    {
        RemoteKind.Any => true,
        RemoteKind.Network => Covers(remote.Prefix!, key),
        RemoteKind.AddressGroup => addressGroups[remote.Id!].Addresses.Any(prefix => Covers(prefix, key)),
        _ => members.Any(member => member.Network == network
            && member.Groups.Contains(numberOf(remote.Id!))
            && member.Ethertype == key.Ethertype
            && new Prefix(member.Ethertype, member.Bits, member.PrefixLength).Covers(key.Remote)),
    };

    private static bool Covers(Cidr prefix, MatchKey key) =>
        prefix.Ethertype == key.Ethertype && new Prefix(prefix.Ethertype, prefix.Bits, prefix.PrefixLength).Covers(key.Remote);
}
