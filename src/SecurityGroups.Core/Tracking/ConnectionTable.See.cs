using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <content>
/// Connections seen, and touched, without a lock: for packets that change nothing but the time. A locked instruction costs as much as the rest
/// of such a lookup and keeps the processor from beginning the next one.
/// </content>
internal sealed partial class ConnectionTable
{
    /// <summary>For so long before the low half of the time turns, after 2^32 ms, nothing is touched: no thread is held up longer than these 17 minutes.</summary>
    private const uint TurnMilliseconds = 1 << 20;

    /// <summary>
    /// Sees a live connection that no thread works on: its state, and its stamp at that moment or before. False says nothing: whoever needs to know
    /// uses <see cref="TryAcquire"/>.
    /// </summary>
    /// <remarks>
    /// An entry that a bucket names may become another connection's only after the bucket was cleared of it, which counts the bucket's
    /// version up. So what is read between two looks at an unchanged version is all of one connection.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySee(in FlowKey key, ulong hash, out uint index, out ConnectionState state, out uint stamp)
    {
        ref Bucket bucket = ref _buckets[Home(hash)];
        uint version = bucket.Version;
        for (uint slots = bucket.SlotsWith(Tag(hash)); slots != 0; slots &= slots - 1)
        {
            index = bucket.IndexAt(System.Numerics.BitOperations.TrailingZeroCount(slots));
            ref ConnectionEntry entry = ref _entries[index];
            if (HasKey(entry, index, key))
            {
                // The stamp first: it only grows, so that what it says is true of the connection when its state is read.
                Interleaving.Step();
                stamp = Volatile.Read(ref entry.Stamp);
                Interleaving.Step();
                state = new ConnectionState(Volatile.Read(ref entry.StateWord));
                Interleaving.Step();
                return state.IsLive && !state.IsLocked && bucket.Version == version;
            }
        }

        index = 0;
        state = default;
        stamp = 0;
        return false;
    }

    /// <summary>Whether <see cref="Touch"/> may set this time on a connection that was seen in this state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayTouch(ConnectionState seen, long now) => seen.DiffersInLowTime(now) && (uint)now < uint.MaxValue - TurnMilliseconds;

    /// <summary>Restarts the timer of a connection that was seen; time only grows.</summary>
    /// <remarks>
    /// One store to the low half of the state word, which holds nothing but time. Threads A and B: A saw the connection; before A's store,
    /// B locked it: B then publishes its own time, that of a packet as well, or leaves the low half alone (<c>Unlock</c>). B ended it:
    /// a word without the live bit stays one. B put another connection there: that gets A's time, late by as long as A was held up.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(uint index, ConnectionState seen, long now)
    {
        if (seen.IdleMilliseconds(now) > 0)
        {
            Interleaving.Step();
            Volatile.Write(ref _entries[index].LowTime, (uint)now);
        }
    }
}
