using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <content>Later fragments, and those that are held.</content>
internal sealed partial class FragmentTable
{
    /// <summary>
    /// Decides a later fragment by the verdict on its first one: <see cref="Reason"/> and rule number of an allowed one are those of the first.
    /// </summary>
    /// <param name="key">Its datagram.</param>
    /// <param name="piece">Its octets.</param>
    /// <param name="now">The time, ms.</param>
    /// <param name="policy">The rules in hand.</param>
    /// <param name="mayHold">Whether the caller can keep a packet whose first fragment has not come.</param>
    /// <param name="commit">False changes nothing and gives no token.</param>
    public Decision DecideLater<TPolicy>(in FragmentKey key, in FragmentPiece piece, long now, in TPolicy policy, bool mayHold, bool commit)
        where TPolicy : struct, IFragmentPolicy
    {
        uint bucketIndex = BucketOf(key);
        mayHold &= _holdEarly;
        while (true)
        {
            ref FragmentBucket bucket = ref _buckets[bucketIndex];
            bucket.Enter();
            uint index = Find(ref bucket, key, now, commit);
            Decision decision = index != None ? DecideKnown(ref bucket, index, piece, policy, mayHold, commit)
                : mayHold ? HoldNew(bucketIndex, key, piece, now, commit)
                : Decision.Deny(Reason.LaterFragmentWithoutFirst);
            bucket.Exit();
            if (index != None || decision.Reason != Reason.FragmentTableFull || !CanHaveRoom(key.Zone, now, commit))
            {
                return decision;
            }

            if (!commit)
            {
                return HoldWith(0);
            }
        }
    }

    /// <summary>
    /// What has become of a held fragment: held still, or the verdict on its first one. A token that means nothing (any more) denies.
    /// <paramref name="held"/> is what its datagram tells of it, nothing where that is forgotten.
    /// </summary>
    public Decision AskAgain<TPolicy>(long token, uint zone, Direction direction, long now, in TPolicy policy, out ParsedPacket held)
        where TPolicy : struct, IFragmentPolicy
    {
        held = default;
        uint index = (uint)token & ((1 << IndexBits) - 1);
        if (token <= 0 || index >= (uint)_entries.Length)
        {
            return Decision.Deny(Reason.LaterFragmentWithoutFirst);
        }

        ref FragmentEntry entry = ref _entries[index];
        ref FragmentBucket bucket = ref BucketOf(ref entry);
        bucket.Enter();
        bool isMeant = entry.State != FragmentState.Free && entry.WasHeld && TokenOf(index) == token
            && entry.Key.Zone == zone && entry.Key.Direction == direction;
        held = isMeant ? entry.Key.ToPacket(entry.Protocol) : default;
        Decision decision = isMeant && !IsExpired(entry, now) ? Answer(ref entry, index, policy) : Decision.Deny(Reason.LaterFragmentWithoutFirst);
        bucket.Exit();
        return decision;
    }

    private Decision DecideKnown<TPolicy>(ref FragmentBucket bucket, uint index, in FragmentPiece piece, in TPolicy policy, bool mayHold, bool commit)
        where TPolicy : struct, IFragmentPolicy
    {
        FragmentEntry copy = _entries[index];
        ref FragmentEntry entry = ref commit ? ref _entries[index] : ref copy;
        Decision decision = Answer(ref entry, commit ? index : None, policy);
        if (decision.Verdict == Verdict.Deny)
        {
            return decision;
        }

        if (decision.Verdict == Verdict.Hold && !mayHold)
        {
            return Decision.Deny(Reason.LaterFragmentWithoutFirst);
        }

        Reason misfit = FragmentTracking.MeetLater(ref entry, piece, IsStrict(entry.Key));
        if (misfit != Reason.NotEvaluated)
        {
            return Decision.Deny(misfit);
        }

        entry.WasHeld |= decision.Verdict == Verdict.Hold;
        if (commit && entry.IsComplete && !entry.WasHeld && entry.State == FragmentState.Allowed)
        {
            Remove(ref bucket, index);
        }

        return decision;
    }

    /// <summary>The verdict on a datagram, whatever the piece.</summary>
    private Decision Answer<TPolicy>(ref FragmentEntry entry, uint index, in TPolicy policy)
        where TPolicy : struct, IFragmentPolicy
    {
        switch (entry.State)
        {
            case FragmentState.Allowed when policy.TryUphold(ref entry.Verdict, entry.Key):
                return Decision.Allow(entry.Verdict.Reason, entry.Verdict.RuleNumber);
            case FragmentState.Allowed:
                return Decision.Deny(Reason.PolicyRevoked);
            case FragmentState.Denied:
                return Decision.Deny(entry.Verdict.Reason);
            case FragmentState.Poisoned:
                return Decision.Deny(Reason.OverlappingFragment);
            default:
                return HoldWith(index == None ? 0 : TokenOf(index));
        }
    }

    private Decision HoldNew(uint bucketIndex, in FragmentKey key, in FragmentPiece piece, long now, bool commit)
    {
        uint index = commit ? TryOpen(bucketIndex, key, now) : None;
        if (index == None)
        {
            return Decision.Deny(Reason.FragmentTableFull);
        }

        ref FragmentEntry entry = ref _entries[index];
        entry.State = FragmentState.Waiting;
        entry.Protocol = piece.Protocol;
        entry.WasHeld = true;
        FragmentTracking.MeetLater(ref entry, piece, IsStrict(key));
        return HoldWith(TokenOf(index));
    }

    private static Decision HoldWith(long token) => new(Verdict.Hold, Reason.LaterFragmentWithoutFirst, token);

    // Above the index, the generation plus one: no token is 0.
    private long TokenOf(uint index) => (((long)_entries[index].Generation + 1) << IndexBits) | index;
}
