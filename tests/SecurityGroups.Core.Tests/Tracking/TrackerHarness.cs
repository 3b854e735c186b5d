using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>One NIC with a tracker, a clock moved by hand and the order of calls that decisions.md prescribes, steps 6 to 10.</summary>
internal sealed class TrackerHarness
{
    public const string LocalIPv4 = "10.0.0.5";
    public const string RemoteIPv4 = "203.0.113.7";
    public const string LocalIPv6 = "2001:db8::5";
    public const string RemoteIPv6 = "2001:db8:1::7";

    private readonly ParserOptions _parserOptions = new(false, false, false);

    public TrackerHarness(bool isIPv6 = false, ConnectionTrackingOptions? options = null)
    {
        Options = options ?? new ConnectionTrackingOptions { MaxConnections = 256 };
        Tracker = new ConnectionTracker(Options);
        Zone = Tracker.RegisterZone();
        IsIPv6 = isIPv6;
        Modes = new TrackingModes(Options.EstablishedConnections, Options.PickUp, Options.WindowCheck, Options.RefreshOnEgressOnly, 0);
    }

    public ConnectionTrackingOptions Options { get; }

    public ConnectionTracker Tracker { get; }

    public TestRules Rules { get; } = new();

    public TrackingModes Modes { get; set; }

    public uint Zone { get; set; }

    public bool IsIPv6 { get; }

    /// <summary>Milliseconds; far from zero, so that it can go back.</summary>
    public long Now { get; set; } = 1_000_000;

    public string Local => IsIPv6 ? LocalIPv6 : LocalIPv4;

    public string Remote => IsIPv6 ? RemoteIPv6 : RemoteIPv4;

    public PacketBuilder Between(Direction direction) => direction == Direction.Egress ? PacketBuilder.Ip(Local, Remote) : PacketBuilder.Ip(Remote, Local);

    public PacketBuilder Out() => Between(Direction.Egress);

    public PacketBuilder In() => Between(Direction.Ingress);

    public void Wait(double seconds) => Now += (long)(seconds * 1000);

    public Decision Send(Direction direction, byte[] bytes, bool commit = true)
    {
        Reason form = Parse(bytes, out ParsedPacket packet);
        return form != Reason.NotEvaluated ? Decision.Deny(form)
            : packet.Has(PacketTraits.IcmpError) ? SendError(direction, bytes, packet, commit) : Send(direction, packet, commit);
    }

    public Decision SendOut(PacketBuilder packet) => Send(Direction.Egress, packet.Build());

    public Decision SendIn(PacketBuilder packet) => Send(Direction.Ingress, packet.Build());

    public Reason Parse(byte[] bytes, out ParsedPacket packet) => PacketParser.Parse(bytes, LinkType.RawIp, _parserOptions, out packet);

    public FlowKey KeyOf(Direction direction, byte[] bytes)
    {
        Parse(bytes, out ParsedPacket packet);
        return FlowKey.From(packet, direction, Zone);
    }

    public ConnectionInfo? Find(Direction direction, byte[] bytes) => Tracker.Find(KeyOf(direction, bytes), "nic", Now);

    public Decision Send(Direction direction, in ParsedPacket packet, bool commit = true)
    {
        FlowKey key = FlowKey.From(packet, direction, Zone);
        bool isTracked = ConnectionTracker.IsTrackable(packet);
        if (isTracked)
        {
            // As the firewall does: the short way first.
            if (commit && packet.Protocol == ProtocolNumbers.Udp && TryTouch(key, direction))
            {
                return Decision.Allow(Reason.Established);
            }

            TrackResult tracked = Tracker.Track(key, packet, direction, Now, Modes, Rules.ForTracker(), commit);
            if (tracked.Found)
            {
                return new Decision(tracked.Verdict, tracked.Reason);
            }
        }

        Reason closed = ConnectionTracker.CanOpen(packet, direction, Modes);
        if (closed != Reason.NotEvaluated)
        {
            return Decision.Deny(closed);
        }

        if (!Rules.Allows(direction, key))
        {
            return Decision.Deny(Reason.NoMatchingRule);
        }

        Reason full = isTracked ? Tracker.Create(key, packet, direction, Now, Modes, Rules.Generation, commit) : Reason.NotEvaluated;
        return full == Reason.NotEvaluated ? Decision.Allow(Reason.MatchedRule) : Decision.Deny(full);
    }

    /// <summary>The short way of a datagram, as the firewall has it.</summary>
    public bool TryTouch(in FlowKey key, Direction direction)
    {
        Sighting sighting = Tracker.Look(Tracker.Hash(key));
        return Tracker.MayTouch(Modes, Now) && Tracker.TryTouch(sighting, key, direction, Now, Rules.ForTracker());
    }

    private Decision SendError(Direction direction, byte[] bytes, in ParsedPacket packet, bool commit)
    {
        Reason reason = QuotedPacket.Parse(bytes, packet, out QuotedPacket quoted);
        if (reason != Reason.NotEvaluated)
        {
            return Decision.Deny(reason);
        }

        TrackResult related = Tracker.Relate(quoted, packet, direction, Zone, Now, Modes, Rules.ForTracker(), commit);
        return new Decision(related.Verdict, related.Reason);
    }
}
