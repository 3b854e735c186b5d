using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// Two TCP peers that keep to the RFC talk over a link that loses, repeats and reorders, W behind the firewall and X outside, while a
/// <see cref="BlindAttacker"/> throws segments at W. No packet of theirs may be denied although the window is enforced, and no segment of the
/// attacker may count as part of the connection or change it. What the attacker's segments make W say is said, too.
/// </summary>
internal sealed class LegalConversation : IDisposable
{
    private const int LocalPort = 40_000;
    private const int RemotePort = 443;
    private const int MostTraced = 40;

    private readonly Random _random;
    private readonly Ends _ends;
    private readonly bool _fromLocal;
    private readonly ManualTimeProvider _clock = new();
    private readonly Firewall _firewall;
    private readonly NicFilter _nic;
    private readonly TcpPeer _local;
    private readonly TcpPeer _remote;
    private readonly BadLink _toRemote;
    private readonly BadLink _toLocal;
    private readonly BlindAttacker _attacker;
    private readonly List<(string From, TcpPeerSegment Segment, Decision Decision)> _trace = [];

    /// <param name="random">Source of every choice.</param>
    /// <param name="ends">The addresses.</param>
    /// <param name="fromLocal">Whether W is the initiator.</param>
    public LegalConversation(Random random, Ends ends, bool fromLocal)
    {
        (_random, _ends, _fromLocal) = (random, ends, fromLocal);
        _firewall = new Firewall(fromLocal ? P0 : Web(Ingress(IpProtocol.Tcp, LocalPort, Remote.Any)), Options with { TimeProvider = _clock });
        _nic = _firewall[W];
        _local = new TcpPeer(random, random.Next(40_000), random.Next(-1, 8));
        _remote = new TcpPeer(random, random.Next(40_000), random.Next(-1, 8));
        (_toRemote, _toLocal) = (new BadLink(random), new BadLink(random));
        _attacker = new BlindAttacker(random, _local, _remote);
    }

    /// <summary>Whether everything was sent and acknowledged, both ways.</summary>
    public bool IsDone => _local.IsDone && _remote.IsDone;

    /// <summary>Packets of the two peers that the firewall judged.</summary>
    public long Packets { get; private set; }

    /// <summary>Segments of the attacker that it judged.</summary>
    public long Attacks { get; private set; }

    private bool IsSynchronized => _local.IsSynchronized && _remote.IsSynchronized;

    /// <summary>A little later somebody does something.</summary>
    /// <exception cref="InvalidOperationException">The firewall decided wrongly.</exception>
    public void Step()
    {
        _clock.Advance(_random.Next(1, 20) / 1000.0);
        switch (_random.Next(5))
        {
            case 0:
                SendLocal(_local.Send(_fromLocal));
                break;
            case 1 when _remote.Send(!_fromLocal) is { } segment:
                _toLocal.Put(segment);
                break;
            case 2 when Arriving(_toRemote) is { } segment:
                _remote.Receive(segment);
                break;
            case 3 when Arriving(_toLocal) is { } segment:
                RequireAllowed(Direction.Ingress, segment);
                _local.Receive(segment);
                break;
            case 4:
                Attack();
                break;
        }
    }

    public void Dispose() => _firewall.Dispose();

    private void SendLocal(TcpPeerSegment? segment)
    {
        if (segment is not null)
        {
            RequireAllowed(Direction.Egress, segment);
            _toRemote.Put(segment);
        }
    }

    private void RequireAllowed(Direction direction, TcpPeerSegment segment)
    {
        Packets++;
        Decision decision = Filter(direction, segment, direction == Direction.Egress ? "W" : "X");
        Require(decision.IsAllowed, $"{direction} {segment} is legal, but got {decision}");
    }

    // A first SYN that strays in after the FINs looks like the five-tuple used anew, to Linux too: it gets lost in time.
    private TcpPeerSegment? Arriving(BadLink link) =>
        link.Take() is { } segment && !(segment.Flags == TcpFlags.Syn && IsSynchronized) ? segment : null;

    private void Attack()
    {
        // Before the handshake is through a SYN from X is a simultaneous open, which the peers themselves could not tell from an attack. And a
        // SYN of the initiator in TIME-WAIT opens anew (RFC 1122, 4.2.2.13), so only the responder's is an attack at any time.
        ConnectionInfo? before = Connection();
        if (before is null || _attacker.Guess(before.State == "established", maySendSyn: _fromLocal && IsSynchronized) is not { } segment)
        {
            return;
        }

        Attacks++;
        Decision decision = Filter(Direction.Ingress, segment, "attacker");
        Require(decision is { IsAllowed: false } or { Reason: Reason.PassIgnored }, $"a blind {segment} counts: {decision}");
        Require(Connection() == before, $"a blind {segment} got {decision} and made of {before}: {Connection()}");
        if (decision.IsAllowed)
        {
            SendLocal(_local.Challenge(segment));
        }
    }

    private ConnectionInfo? Connection() => _firewall.GetConnections().SingleOrDefault();

    private Decision Filter(Direction direction, TcpPeerSegment segment, string from)
    {
        Decision decision = _nic.Filter(direction, Packet(direction, segment));
        _trace.Add((from, segment, decision));
        return decision;
    }

    private PacketBuilder Packet(Direction direction, TcpPeerSegment segment)
    {
        bool isOut = direction == Direction.Egress;
        (int source, int destination) = isOut ? (LocalPort, RemotePort) : (RemotePort, LocalPort);
        return (isOut ? _ends.Out : _ends.In)
            .Tcp(source, destination, segment.Flags, segment.Sequence, segment.Acknowledgment, segment.Window, segment.Options).PayloadOfLength(segment.Octets);
    }

    private void Require(bool condition, string what)
    {
        if (!condition)
        {
            IEnumerable<string> trace = _trace.TakeLast(MostTraced).Select(entry => $"  {entry.From}: {entry.Segment} {entry.Decision}");
            throw new InvalidOperationException($"{what}; what led there:{Environment.NewLine}{string.Join(Environment.NewLine, trace)}");
        }
    }
}
