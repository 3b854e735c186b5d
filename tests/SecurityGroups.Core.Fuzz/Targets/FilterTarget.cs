using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// Any octets: a firewall whose rules allow everything still never lets bad form or a later fragment without its first through, and Explain
/// foretells the decision.
/// </summary>
internal sealed class FilterTarget : FuzzTarget
{
    private const string NicId = "eth0";

    private readonly ManualTimeProvider _clock = new();

    // Made at the first input, see FuzzTarget.
    private readonly Lazy<Firewall> _ethernet;
    private readonly Lazy<Firewall> _rawIp;

    public FilterTarget()
    {
        _ethernet = new Lazy<Firewall>(() => Create(LinkType.Ethernet));
        _rawIp = new Lazy<Firewall>(() => Create(LinkType.RawIp));
    }

    public override string Name => "filter";

    public override void Run(byte[] input)
    {
        // What an input does must not depend on those before: nothing lives that long.
        _clock.Advance(TimeSpan.FromDays(1));
        Check(input, LinkType.Ethernet, _ethernet.Value[NicId]);
        Check(input, LinkType.RawIp, _rawIp.Value[NicId]);
    }

    public override byte[] Next(Random random) => PacketSamples.Next(random, random.Next(2) == 0 ? LinkType.Ethernet : LinkType.RawIp);

    public override IEnumerable<byte[]> Seeds() => PacketSamples.RawIp.Values.Select(packet => packet.Build())
        .Append(PacketBuilder.ArpRequest("02:00:00:00:00:01", "10.0.0.5", "10.0.0.1").Build());

    public override void Dispose()
    {
        foreach (Lazy<Firewall> firewall in (Lazy<Firewall>[])[_ethernet, _rawIp])
        {
            if (firewall.IsValueCreated)
            {
                firewall.Value.Dispose();
            }
        }

        base.Dispose();
    }

    private void Check(byte[] octets, LinkType linkType, NicFilter nic)
    {
        Reason reason = PacketParser.Parse(octets, linkType, default, out ParsedPacket packet);
        bool isGood = reason == Reason.NotEvaluated && !packet.Has(PacketTraits.LaterFragment);
        foreach (Direction direction in new[] { Direction.Egress, Direction.Ingress })
        {
            Decision foretold = nic.Explain(direction, octets).Decision;
            Decision decision = nic.Filter(direction, octets);
            Require(isGood || !decision.IsAllowed, $"{reason}, but {direction} got {decision}");
            Require(foretold == decision, $"Explain said {foretold}, Filter {decision}");
            Reached += decision.IsAllowed ? 1 : 0;
        }
    }

    private Firewall Create(LinkType linkType) => new(CreatePolicy(), new FirewallOptions
    {
        LinkType = linkType,
        TimeProvider = _clock,
        ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 8 },
    });

    private static Policy CreatePolicy()
    {
        SecurityGroup open = SecurityGroup.CreateNeutron("open").WithRule(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.Any));
        Nic nic = new(NicId)
        {
            Mac = PhysicalAddress.Parse("02:00:00:00:00:01"),
            Addresses = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("2001:db8::5"), IPAddress.Parse("fe80::5")],
            SecurityGroups = ImmutableArray.Create("open"),
            Options = new NicOptions { VlanIds = [1, 2] },
        };
        return Policy.Create([open], [nic]);
    }
}
