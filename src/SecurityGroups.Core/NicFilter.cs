using System.Runtime.CompilerServices;
using SecurityGroups.Guard;
using SecurityGroups.Match;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>
/// The filter of one NIC: resolve it once, keep it across updates, call it from any thread. It belongs to one incarnation of the NIC: once
/// the NIC is removed it denies with <see cref="Reason.NicRemoved"/> for ever, even if a NIC of the same id comes back.
/// </summary>
public sealed partial class NicFilter
{
    private readonly Firewall _firewall;
    private readonly NicState _state = new();
    private readonly int _slot;

    internal NicFilter(Firewall firewall, string id, int slot)
    {
        _firewall = firewall;
        _slot = slot;
        Id = id;
    }

    /// <summary>The NIC's id.</summary>
    public string Id { get; }

    /// <summary>Decides one packet. Never throws on its content, never allocates.</summary>
    /// <param name="direction">Which way the packet travels, seen from the instance.</param>
    /// <param name="packet">The packet, from the header that <see cref="FirewallOptions.LinkType"/> names to its end.</param>
    /// <exception cref="InvalidOperationException">The firewall was made for caller timestamps.</exception>
    public Decision Filter(Direction direction, ReadOnlySpan<byte> packet) =>
        FilterOne(direction, packet, packet.Length, _firewall.Clock.Now(), out _);

    /// <summary>Decides one packet at a time the caller gives: any fixed origin; a jump back expires nothing.</summary>
    /// <param name="direction">Which way the packet travels, seen from the instance.</param>
    /// <param name="packet">The packet, from the header that <see cref="FirewallOptions.LinkType"/> names to its end.</param>
    /// <param name="timestamp">Time of the packet since a fixed origin, at millisecond resolution.</param>
    /// <exception cref="InvalidOperationException">The firewall has a time provider.</exception>
    public Decision Filter(Direction direction, ReadOnlySpan<byte> packet, TimeSpan timestamp) =>
        FilterOne(direction, packet, packet.Length, _firewall.Clock.FromCaller(timestamp), out _);

    /// <summary>
    /// Decides one packet of a capture, which may be cut: lengths are checked against <paramref name="originalLength"/>. False when the
    /// headers themselves are cut, so that nothing can be decided.
    /// </summary>
    internal bool TryFilterCaptured(Direction direction, ReadOnlySpan<byte> packet, int originalLength, TimeSpan timestamp, out Decision decision)
    {
        decision = FilterOne(direction, packet, originalLength, _firewall.Clock.FromCaller(timestamp), out bool isCut);
        return !isCut;
    }

    /// <summary>How many packets got which verdict for which reason since the NIC was added.</summary>
    public NicStatistics GetStatistics() =>
        new(Id, _state, _firewall.Ruleset.Nics[_slot] is { } nic && ReferenceEquals(nic.Incarnation, this) ? _firewall.Tracker.FindZone(nic.Zone) : null);

    /// <summary>
    /// Explains what <see cref="Filter(Direction, ReadOnlySpan{byte})"/> would decide now: the very code that filters, on a copy of the state,
    /// and the rules that match or nearly do. No side effects; slow.
    /// </summary>
    /// <param name="direction">Which way the packet travels, seen from the instance.</param>
    /// <param name="packet">The packet.</param>
    /// <exception cref="InvalidOperationException">The firewall was made for caller timestamps.</exception>
    public Explanation Explain(Direction direction, ReadOnlySpan<byte> packet) => Explain(direction, packet, _firewall.Clock.Now());

    /// <summary>As the overload without timestamp, at a time the caller gives.</summary>
    /// <param name="direction">Which way the packet travels, seen from the instance.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="timestamp">Time of the packet since a fixed origin.</param>
    /// <exception cref="InvalidOperationException">The firewall has a time provider.</exception>
    public Explanation Explain(Direction direction, ReadOnlySpan<byte> packet, TimeSpan timestamp) =>
        Explain(direction, packet, _firewall.Clock.PeekFromCaller(timestamp));

    /// <summary>The NIC in a ruleset: false with the decision that every packet gets when it is not there or needs no filtering.</summary>
    private bool TryBind(Ruleset ruleset, out NicBinding nic, out Decision otherwise)
    {
        NicBinding? found = ruleset.Nics[_slot];
        nic = found!;
        otherwise = default;
        if (found is { SecurityOn: true } && ReferenceEquals(found.Incarnation, this))
        {
            return true;
        }

        otherwise = ruleset.IsDisposed ? Decision.Deny(Reason.FirewallDisposed)
            : found is null || !ReferenceEquals(found.Incarnation, this) ? Decision.Deny(Reason.NicRemoved)
            : Decision.Allow(Reason.NicSecurityOff);
        return false;
    }

    private Explanation Explain(Direction direction, ReadOnlySpan<byte> bytes, long nowMilliseconds)
    {
        Check(direction);
        Ruleset ruleset = _firewall.Ruleset;
        if (!TryBind(ruleset, out NicBinding nic, out Decision otherwise))
        {
            return Explainer.WithoutReading(Id, direction, otherwise);
        }

        PacketJudge judge = new(_firewall.Settings, _firewall.Tracker, ruleset, nic, _state, nowMilliseconds, direction, commit: false) { MayHold = true };
        Decision decision = judge.Decide(bytes, bytes.Length, out ParsedPacket packet);
        Explanation explanation = Explainer.Explain(ruleset, nic, direction, packet, decision) with { Connection = judge.FindConnection(packet) };
        GC.KeepAlive(_firewall);
        return explanation;
    }

    // Nothing is told once the firewall is disposed.
    private void ReportUnread(Direction direction, Decision decision, long nowMilliseconds, int count = 1)
    {
        if (decision.Verdict == Verdict.Deny && decision.Reason != Reason.FirewallDisposed && _firewall.Settings.Denials is { } denials)
        {
            for (int i = 0; i < count; i++)
            {
                denials.ReportUnread(Id, direction, decision, nowMilliseconds);
            }
        }
    }

    private static void Check(Direction direction)
    {
        if (direction > Direction.Egress)
        {
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "A direction is ingress or egress.");
        }
    }

    [SkipLocalsInit]
    private Decision FilterOne(Direction direction, ReadOnlySpan<byte> bytes, int originalLength, long nowMilliseconds, out bool isCut)
    {
        Check(direction);
        isCut = false;
        Ruleset ruleset = _firewall.Ruleset;
        if (TryBind(ruleset, out NicBinding nic, out Decision decision))
        {
            Unsafe.SkipInit(out PlainPacket plain);
            Unsafe.SkipInit(out Flow flow);
            PacketJudge judge = new(_firewall.Settings, _firewall.Tracker, ruleset, nic, _state, nowMilliseconds, direction, commit: true) { MayHold = true };
            bool isPlain = bytes.Length >= originalLength && judge.TryIdentify(bytes, ref plain, ref flow, looks: true);
            decision = isPlain && !plain.IsSyn && judge.TryAdvance(plain, flow) ? Decision.Allow(Reason.Established)
                : isPlain && judge.TryOpen(plain, flow, isAdmitted: null, out decision) ? decision
                : DecideOne(judge, bytes, originalLength, out isCut);
        }
        else
        {
            ReportUnread(direction, decision, nowMilliseconds);
        }

        if (!isCut)
        {
            _state.Counters.Add(direction, decision);
        }

        GC.KeepAlive(_firewall);
        return decision;
    }

    // Apart from the short way, whose frame it would only widen.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Decision DecideOne(in PacketJudge judge, ReadOnlySpan<byte> bytes, int originalLength, out bool isCut)
    {
        Decision decision = judge.Decide(bytes, originalLength, out ParsedPacket packet);
        isCut = packet.Has(PacketTraits.HeadersCut);
        if (!isCut)
        {
            judge.Report(packet, decision);
        }

        return decision;
    }
}
