using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>The connections of a firewall: finds, advances, creates, revokes and expires them.</summary>
internal sealed class ConnectionTracker
{
    /// <summary>
    /// Looks the packet's connection up and advances it: expired = not found; tombstone, staleness, TCP state and window, timers.
    /// <paramref name="commit"/> false does the same on a copy and changes nothing (Explain).
    /// </summary>
    public TrackResult Track<TPolicy>(
        in FlowKey key, in ParsedPacket packet, Direction direction, long nowMilliseconds, in TrackingModes modes, in TPolicy policy, bool commit)
        where TPolicy : struct, IConnectionPolicy => default;

    /// <summary>Whether a packet without connection may open one (step 8 of decisions.md): <see cref="Reason.NotEvaluated"/> = yes, else why not.</summary>
    public static Reason CanOpen(in ParsedPacket packet, Direction direction, in TrackingModes modes) => Reason.InvalidState;

    /// <summary>
    /// Makes the connection of a packet that the rules admitted. <see cref="Reason.NotEvaluated"/> = made; another thread having made it
    /// meanwhile counts as made after this packet advanced it. Otherwise why there is no room.
    /// </summary>
    public Reason Create(in FlowKey key, in ParsedPacket packet, Direction direction, long nowMilliseconds, in TrackingModes modes, uint stamp, bool commit) =>
        Reason.ConnectionTableFull;

    /// <summary>Whether an ICMP error that travels in <paramref name="direction"/> is about a live connection. Never changes or refreshes it.</summary>
    public TrackResult Relate<TPolicy>(
        in QuotedPacket quoted, in ParsedPacket error, Direction direction, uint zone, long nowMilliseconds, in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy => default;
}
