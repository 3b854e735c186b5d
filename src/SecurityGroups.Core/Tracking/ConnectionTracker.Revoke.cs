using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

// Stale connections and tombstones.
internal sealed partial class ConnectionTracker
{
    /// <summary>
    /// Asks the rules about a connection that is stale, or a tombstone. True = it lives (on); false = denied, or, if the state was killed,
    /// gone: a SYN that the rules allow takes its place.
    /// </summary>
    /// <remarks>
    /// A tombstone keeps the other end from opening the revoked connection as its own: without it, a reply of a revoked ingress connection
    /// would be a first packet that egress rules allow, and the connection would be back. It is judged anew only when the rules changed.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Revalidate<TPolicy>(
        ref ConnectionEntry entry, ref ConnectionState state, in FlowKey key, in ParsedPacket packet, Direction direction, long now,
        in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy
    {
        if (IsStale(entry, key, modes, policy))
        {
            entry.Stamp = policy.Generation;
            if (policy.Allows(state.Original, key))
            {
                state.IsRevoked = false;
                return true;
            }

            Revoke(ref state, now);
        }

        if (IsSyn(packet) && policy.Allows(direction, key))
        {
            state.Kill(ConnectionEnd.Replaced, now);
        }

        return false;
    }

    // A restored connection is checked in either mode: it comes from outside, and the rules that admitted it may be those of another policy.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsStale<TPolicy>(in ConnectionEntry entry, in FlowKey key, in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy =>
        entry.Stamp == ConnectionEntry.Unchecked || (entry.Stamp != policy.Generation && IsStaleSince(entry.Stamp, key, modes, policy));

    // Apart: asked only until the connection is stamped anew, which is at its first good packet after the rules changed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsStaleSince<TPolicy>(uint stamp, in FlowKey key, in TrackingModes modes, in TPolicy policy)
        where TPolicy : struct, IConnectionPolicy =>
        modes.EstablishedConnections == EstablishedConnections.Revalidate && !policy.IsCurrent(stamp, key);

    // A tombstone stays for its idle time from here on; the packets that it denies prolong nothing.
    private static void Revoke(ref ConnectionState state, long now)
    {
        if (!state.IsRevoked)
        {
            state.IsRevoked = true;
            state.Touch(now);
        }
    }

    private static bool IsSyn(in ParsedPacket packet) =>
        packet.Protocol == ProtocolNumbers.Tcp && TcpStates.KindOf(packet.TcpFlags) == TcpSegmentKind.Syn;
}
