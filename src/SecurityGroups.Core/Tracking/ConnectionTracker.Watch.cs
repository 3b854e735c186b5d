using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

// What the watch hears of.
internal sealed partial class ConnectionTracker
{
    /// <summary>A packet took its connection from the state still in the table to <paramref name="state"/>, which the caller is about to release.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Note(
        ConnectionWatch watch, uint index, in FlowKey key, ConnectionState state, in ParsedPacket packet, Direction direction, long now,
        in TrackResult result)
    {
        ConnectionState before = new(Volatile.Read(ref _table[index].StateWord));
        if (state.IsRevoked != before.IsRevoked)
        {
            NoteRevocation(watch, index, key, before, state, now);
        }

        if (result.Verdict == Verdict.Allow)
        {
            watch.Count(index, direction, packet.IpOctets);
        }
    }

    private static void NoteRevocation(ConnectionWatch watch, uint index, in FlowKey key, ConnectionState before, ConnectionState state, long now)
    {
        if (state.IsRevoked)
        {
            watch.TellEnd(index, key, before, ConnectionEnd.Revoked, state.Time);
        }
        else
        {
            watch.SetTraffic(index, default);
            watch.TellStart(key, state, now, Decision.Allow(Reason.Established));
        }
    }
}
