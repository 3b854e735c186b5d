using System.Collections.Immutable;
using SecurityGroups.Match;
using SecurityGroups.Tests.Match;

namespace SecurityGroups.Tests.Compile;

/// <summary>Random groups, members and packets that meet often, compiled; every key is looked up in the form and by a loop over the rules.</summary>
internal sealed class FormDice
{
    private static readonly IpProtocol[] s_protocols =
        [IpProtocol.Any, IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp, IpProtocol.Sctp, IpProtocol.FromNumber(47), IpProtocol.FromNumber(44)];

    private static readonly string[] s_ids = ["a", "b", "c", "d"];

    private readonly Random _random;
    private readonly ImmutableArray<RuleBlock> _blocks;
    private readonly MemberChange[] _members;
    private readonly FormModel _model;
    private readonly FormModel _modelWithoutMembers;
    private readonly CompiledForm _form;
    private readonly MembershipIndex _index;

    public FormDice(Random random)
    {
        _random = random;
        Dictionary<string, AddressGroup> addressGroups = new()
        {
            ["office"] = new AddressGroup("office", Enumerable.Range(0, 5).Select(_ => PrefixModel.Prefix(random, (Ethertype)random.Next(2)).Cidr)),
            ["empty"] = new AddressGroup("empty", []),
        };
        _blocks = [.. s_ids.Where(_ => random.Next(3) > 0).Select((id, i) => new RuleBlock((i * 1000) + 1, Group(random, id)))];
        _members = [.. Enumerable.Range(0, 20).Select(_ => Member(random)).Where(m => MembershipIndex.CanBeMember(m.Ethertype, m.Bits, m.PrefixLength))];
        _model = new FormModel(_blocks, addressGroups, _members, NumberOf);
        _modelWithoutMembers = new FormModel(_blocks, addressGroups, [], NumberOf);
        _form = _model.Compile();
        _index = MembershipIndex.Empty.With(_members, 1);
    }

    public MatchKey Key() => Key(_random, _blocks, _members);

    /// <summary>The form finds the rule that the loop finds; returns its number, 0 for none.</summary>
    public long Check(MatchKey key)
    {
        int network = _random.Next(2);

        // An address that can be no member is none, whatever prefix of members covers it.
        FormModel model = MembershipIndex.CanBeMember(key.Ethertype, key.Remote, 128) ? _model : _modelWithoutMembers;
        long expected = model.FindRule(key, network);
        Assert.Equal(expected, _form.FindRule(key, _index, network));
        Assert.Equal(expected > 0, _form.IsAllowed(key, _index, network));
        return expected;
    }

    /// <summary>Bursts of every length decide what single keys do; some bursts need several tables.</summary>
    public void CheckBursts()
    {
        MatchKey first = Key();
        MatchKey[] any = [.. Enumerable.Range(0, 200).Select(_ => Key())];
        MatchKey[] ofOneTable = Array.FindAll(any, key => key.Table == first.Table);
        BurstRuns.AssertAgree(_form, any, _index, _random.Next(2));
        BurstRuns.AssertAgree(_form, [.. ofOneTable, .. any], _index, _random.Next(2));
        BurstRuns.AssertAgree(_form, [.. Enumerable.Repeat(ofOneTable, 5).SelectMany(keys => keys)], _index, _random.Next(2));
    }

    private static int NumberOf(string id) => Array.IndexOf(s_ids, id);

    public static SecurityGroup Group(Random random, string id) =>
        SecurityGroup.CreateEmpty(id).WithRules([.. Enumerable.Range(0, random.Next(1 << random.Next(7))).Select(i => Rule(random, i))]);

    private static SecurityGroupRule Rule(Random random, int i)
    {
        Ethertype ethertype = (Ethertype)random.Next(2);
        IpProtocol protocol = s_protocols[random.Next(s_protocols.Length)];
        int low = random.Next(1, 40);
        PortRange ports = protocol.HasPorts && random.Next(4) > 0 ? new PortRange(low, low + random.Next(6)) : PortRange.All;
        IcmpMatch? icmp = !protocol.IsIcmp || random.Next(3) == 0
            ? null
            : random.Next(2) == 0 ? new IcmpMatch((byte)random.Next(3)) : new IcmpMatch((byte)random.Next(3), (byte)random.Next(3));
        return SecurityGroupRule.Create((Direction)random.Next(2), protocol, ports, icmp, RemoteOf(random, ethertype)) with
        {
            Id = $"{i}",
            Ethertype = ethertype,
        };
    }

    private static Remote RemoteOf(Random random, Ethertype ethertype) => random.Next(10) switch
    {
        0 => Remote.Any,
        1 => Remote.AddressGroup("office"),
        2 => Remote.AddressGroup("empty"),
        < 5 => Remote.SecurityGroup(((char)('a' + random.Next(4))).ToString()),
        _ => Remote.Network(PrefixModel.Prefix(random, ethertype).Cidr),
    };

    public static MemberChange Member(Random random)
    {
        Prefix prefix = PrefixModel.Prefix(random, (Ethertype)random.Next(2));
        int[] groups = [.. Enumerable.Range(0, 4).Where(_ => random.Next(2) == 0)];
        return new MemberChange(random.Next(2), prefix.Ethertype, prefix.Bits, prefix.Length, [.. groups], true);
    }

    public static MatchKey Key(Random random, ImmutableArray<RuleBlock> blocks, MemberChange[] members)
    {
        Ethertype ethertype = (Ethertype)random.Next(2);
        UInt128 remote = PrefixModel.Address(random, ethertype);
        Cidr[] named = [.. blocks.SelectMany(block => block.Group.Rules).Select(rule => rule.Remote.Prefix).OfType<Cidr>()];
        if (random.Next(3) == 0 && named.Length > 0)
        {
            Cidr prefix = named[random.Next(named.Length)];
            (ethertype, remote) = (prefix.Ethertype, prefix.Bits);
        }
        else if (random.Next(3) == 0 && members.Length > 0)
        {
            MemberChange member = members[random.Next(members.Length)];
            (ethertype, remote) = (member.Ethertype, member.Bits);
        }

        byte protocol = (byte)(random.Next(7) switch { 0 => 1, 1 => 58, 2 => 17, 3 => 132, 4 => 47, _ => 6 });
        int port = protocol switch { 47 => 0, 1 or 58 => (random.Next(4) << 8) | random.Next(4), _ => random.Next(48) };
        return new MatchKey((Direction)random.Next(2), ethertype, remote, protocol, (ushort)port);
    }
}
