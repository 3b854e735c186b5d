using System.Net.NetworkInformation;

namespace SecurityGroups.Tests.Model;

/// <summary>Random valid policies from a seed: every kind of rule, remote, address and option, duplicates left out.</summary>
internal static class PolicyArbitrary
{
    private static readonly string[] s_ids = ["web", "db", "ops", "a \"quoted\" id", "日本", "\U0001F525", "web/1"];

    public static Policy Make(int seed)
    {
        Random random = new(seed);
        bool stateful = random.Next(2) == 0;
        AddressGroup[] addressGroups = [.. Ids(random).Select(id => new AddressGroup(id, Many(random, 3, () => Prefix(random, Family(random)))))];
        string[] groupIds = Ids(random);
        SecurityGroup[] groups = [.. groupIds.Select(id => Group(random, id, groupIds, addressGroups).WithStateful(stateful))];
        Nic[] nics = [.. Ids(random).Select(id => MakeNic(random, id, groupIds))];
        return Policy.Create(groups, nics, addressGroups);
    }

    private static SecurityGroup Group(Random random, string id, string[] groupIds, AddressGroup[] addressGroups)
    {
        SecurityGroup group = random.Next(3) == 0 ? SecurityGroup.CreateDefault(id) : SecurityGroup.CreateEmpty(id).WithName("name of " + id);
        group = random.Next(2) == 0 ? group : group.WithDescription("für <Leute> & \u0007");
        IEnumerable<SecurityGroupRule> rules = Many(random, 8, () => Rule(random, groupIds, addressGroups));
        HashSet<CanonicalRule> seen = [.. group.Rules.Select(CanonicalRule.Of)];
        return group.WithRules(rules.Where(rule => seen.Add(CanonicalRule.Of(rule))));
    }

    private static SecurityGroupRule Rule(Random random, string[] groupIds, AddressGroup[] addressGroups)
    {
        Ethertype ethertype = Family(random);
        IpProtocol protocol = Protocol(random, ethertype);
        PortRange ports = protocol.HasPorts && random.Next(3) > 0 ? Ports(random) : PortRange.All;
        byte type = (byte)random.Next(256);
        IcmpMatch? icmp = !protocol.IsIcmp || random.Next(3) == 0 ? null : random.Next(2) == 0 ? new IcmpMatch(type) : new IcmpMatch(type, (byte)random.Next(256));
        Remote remote = random.Next(4) switch
        {
            0 => Remote.Network(Prefix(random, ethertype)),
            1 => Remote.SecurityGroup(groupIds[random.Next(groupIds.Length)]),
            2 when addressGroups.Length > 0 => Remote.AddressGroup(addressGroups[random.Next(addressGroups.Length)].Id),
            _ => Remote.Any,
        };
        return SecurityGroupRule.Create((Direction)random.Next(2), protocol, ports, icmp, remote) with
        {
            Ethertype = ethertype,
            Id = random.Next(2) == 0 ? "" : $"rule {random.Next()}",
            Description = random.Next(2) == 0 ? null : "because",
        };
    }

    private static IpProtocol Protocol(Random random, Ethertype ethertype)
    {
        IpProtocol protocol = random.Next(3) switch
        {
            0 => IpProtocol.Any,
            1 => IpProtocol.FromNumber((byte)random.Next(256)),
            _ => ((IpProtocol[])[IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.Icmp])[random.Next(4)],
        };
        return ethertype == Ethertype.IPv4 && protocol.IsIPv6Only ? IpProtocol.Any : protocol.For(ethertype);
    }

    private static PortRange Ports(Random random)
    {
        int first = random.Next(1, 65536);
        int second = random.Next(1, 65536);
        return new PortRange(Math.Min(first, second), Math.Max(first, second));
    }

    private static Nic MakeNic(Random random, string id, string[] groupIds)
    {
        bool isSecure = random.Next(4) > 0;
        return new Nic(id)
        {
            Name = random.Next(2) == 0 ? id : "name",
            NetworkId = random.Next(2) == 0 ? Nic.DefaultNetworkId : "blue",
            Addresses = [.. Many(random, 4, () => Address(random))],
            AllowedAddresses = isSecure ? [.. Many(random, 3, () => Prefix(random, Family(random)))] : [],
            SecurityGroups = isSecure ? [.. groupIds.Where(_ => random.Next(2) == 0)] : [],
            Mac = random.Next(2) == 0 ? null : new PhysicalAddress([0xFA, 0x16, 0x3E, 0, 0, (byte)random.Next(256)]),
            NicSecurity = isSecure,
            AddressChecks = false,
            Options = random.Next(2) == 0 ? null : Options(random),
        };
    }

    private static NicOptions Options(Random random) => new()
    {
        LinkType = random.Next(2) == 0 ? null : LinkType.RawIp,
        Infrastructure = random.Next(2) == 0 ? null : (InfrastructureTraffic)random.Next(512),
        WindowCheck = random.Next(2) == 0 ? null : (WindowCheck)random.Next(3),
        PickUp = random.Next(2) == 0 ? null : (PickUp)random.Next(3),
        MaxConnections = random.Next(2) == 0 ? null : random.Next(1, 1000),
        VlanIds = [.. Many(random, 3, () => random.Next(1, 4095))],
    };

    private static Ethertype Family(Random random) => (Ethertype)random.Next(2);

    private static Cidr Prefix(Random random, Ethertype ethertype) =>
        Cidr.Parse($"{AddressBits.ToIPAddress(Bits(random), ethertype)}/{random.Next(AddressBits.Width(ethertype) + 1)}");

    private static NicAddress Address(Random random)
    {
        Ethertype ethertype = Family(random);
        return new NicAddress(AddressBits.ToIPAddress(Bits(random), ethertype), random.Next(2) == 0 ? null : random.Next(33));
    }

    private static UInt128 Bits(Random random) => new((ulong)random.NextInt64() << random.Next(64), (ulong)random.NextInt64() << random.Next(64));

    private static string[] Ids(Random random) => [.. s_ids.Where(_ => random.Next(2) == 0).DefaultIfEmpty("only")];

    private static T[] Many<T>(Random random, int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];
}
