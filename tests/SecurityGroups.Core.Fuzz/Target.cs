using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz;

/// <summary>
/// What any octets must hold to: the parser and the slow parser agree, a quote is read or refused, and a firewall whose rules allow
/// everything still never lets bad form or a later fragment through.
/// </summary>
internal sealed class Target : IDisposable
{
    private const string NicId = "eth0";

    private static readonly ParserOptions[] s_parserOptions =
    [
        default, new(VerifyChecksums: true, AllowPortZero: false, AllowSourceRoute: false), new(false, true, true) { SegmentationOffload = true },
    ];

    private readonly Firewall _ethernet = Create(LinkType.Ethernet);
    private readonly Firewall _rawIp = Create(LinkType.RawIp);

    /// <summary>How many decisions allowed so far: 0 after many samples would mean that nothing was tried.</summary>
    public long Allowed { get; private set; }

    public void Run(byte[] octets)
    {
        foreach (LinkType linkType in new[] { LinkType.Ethernet, LinkType.RawIp })
        {
            foreach (ParserOptions options in s_parserOptions)
            {
                CheckParser(octets, octets.Length, linkType, options);
                CheckParser(octets[..(octets.Length / 2)], octets.Length, linkType, options);
            }

            CheckFilter(octets, linkType);
        }
    }

    public void Dispose()
    {
        _ethernet.Dispose();
        _rawIp.Dispose();
    }

    private static void CheckParser(byte[] octets, int originalLength, LinkType linkType, ParserOptions options)
    {
        Reason reason = PacketParser.Parse(octets, originalLength, linkType, options, out ParsedPacket packet);
        (Reason slowReason, ParsedPacket slow) = SlowParser.Parse(octets, originalLength, linkType, options);
        Require(reason == slowReason && (reason != Reason.NotEvaluated || packet.Equals(slow)), $"{reason}, but slowly {slowReason}");
        if (reason == Reason.NotEvaluated && packet.Has(PacketTraits.IcmpError))
        {
            Reason quote = QuotedPacket.Parse(octets, packet, out _);
            Require(quote is Reason.NotEvaluated or Reason.Malformed or Reason.UnrelatedIcmp, $"a quote ended in {quote}");
        }
    }

    private void CheckFilter(byte[] octets, LinkType linkType)
    {
        Reason reason = PacketParser.Parse(octets, linkType, default, out ParsedPacket packet);
        bool isGood = reason == Reason.NotEvaluated && !packet.Has(PacketTraits.LaterFragment);
        NicFilter nic = (linkType == LinkType.Ethernet ? _ethernet : _rawIp)[NicId];
        foreach (Direction direction in new[] { Direction.Egress, Direction.Ingress })
        {
            Decision decision = nic.Filter(direction, octets);
            Require(isGood || !decision.IsAllowed, $"{reason}, but {direction} got {decision}");
            Allowed += decision.IsAllowed ? 1 : 0;
        }
    }

    private static Firewall Create(LinkType linkType)
    {
        SecurityGroup open = SecurityGroup.CreateNeutron("open").WithRule(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.Any));
        Nic nic = new(NicId)
        {
            Mac = PhysicalAddress.Parse("02:00:00:00:00:01"),
            Addresses = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("2001:db8::5"), IPAddress.Parse("fe80::5")],
            SecurityGroups = ImmutableArray.Create("open"),
            Options = new NicOptions { VlanIds = [1, 2] },
        };
        return new Firewall(Policy.Create([open], [nic]), new FirewallOptions { LinkType = linkType });
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }
}
