using System.Numerics;

namespace SecurityGroups.Tracking;

/// <summary>The fragmented datagrams under way: the verdict on a first fragment, for the later ones to share.</summary>
/// <remarks>
/// <para>
/// A fixed number of entries in chains behind buckets of a keyed hash, each bucket with a spin lock. A datagram takes an entry when its first
/// fragment comes and gives it back when it is complete, when the first is denied (its later fragments are then unknown, and denied as such:
/// denied traffic takes no room), or when it is some 30 or 60 s old, whatever came meanwhile. Where early fragments are held, they take the
/// entry, and a denial is kept for them.
/// </para>
/// <para>
/// A first fragment is judged between <see cref="BeginFirst"/> and <see cref="Conclude"/>, without the lock. Threads A and B: while A judges,
/// B's later fragment finds <see cref="FragmentState.Judging"/> and is treated as if it had come before; B's first fragment is a duplicate
/// (strict), or begins anew, and A's conclusion then finds another generation and is dropped.
/// </para>
/// <para>
/// A NIC may have its share of the entries, an even one among as many as sixteen NICs, a sixteenth from then on: sixteen must be flooded
/// before the others have no room. Full is full: newcomers are denied, nothing is evicted. Expired entries are removed by who meets them, and
/// all of them when room is short: a sweep looks at the whole table, so there is one at a time, not before anything can have expired, and at
/// most one a millisecond for each 1,024 entries.
/// </para>
/// <para>Any thread; nothing allocates or throws. With <c>commit</c> false the answer is the same, from a copy, and nothing changes.</para>
/// </remarks>
internal sealed partial class FragmentTable
{
    private const int IndexBits = 20;
    private const uint None = uint.MaxValue;
    private const int MostShares = 16;

    private readonly AlignedArray<FragmentEntry> _entries;
    private readonly FragmentBucket[] _buckets;
    private readonly FragmentSlots _free;
    private readonly FlowHash _hash = new();
    private readonly ZoneTable _zones;
    private readonly long _lifetimeIPv4;
    private readonly long _lifetimeIPv6;
    private readonly bool _checkIPv4Overlaps;
    private readonly bool _holdEarly;
    private int _count;

    public FragmentTable(FragmentOptions options, ConnectionTimeouts timeouts, ZoneTable zones)
    {
        _entries = new AlignedArray<FragmentEntry>(options.MaxDatagrams);
        _buckets = new FragmentBucket[BitOperations.RoundUpToPowerOf2((uint)options.MaxDatagrams)];
        _free = new FragmentSlots(_entries);
        _zones = zones;
        _lifetimeIPv4 = (long)timeouts.FragmentsIPv4.TotalMilliseconds;
        _lifetimeIPv6 = (long)timeouts.FragmentsIPv6.TotalMilliseconds;
        _checkIPv4Overlaps = options.CheckIPv4Overlaps;
        _holdEarly = options.HoldEarlyFragments;
        _sweepMilliseconds = Math.Max(1, options.MaxDatagrams / SweptEntriesPerMillisecond);
    }

    /// <summary>Datagrams in the table, expired ones that were not removed yet included.</summary>
    public int Count => Volatile.Read(ref _count);

    public int Capacity => _entries.Length;

    /// <summary>
    /// A first fragment is about to be judged: takes an entry for its datagram. A refusal means that it is denied unjudged. With
    /// <paramref name="commit"/> false the ticket is only good for its refusal.
    /// </summary>
    public FragmentTicket BeginFirst(in FragmentKey key, in FirstFragment first, long now, bool commit)
    {
        uint bucketIndex = BucketOf(key);
        while (true)
        {
            ref FragmentBucket bucket = ref _buckets[bucketIndex];
            bucket.Enter();
            uint index = Find(ref bucket, key, now, commit);
            FragmentTicket ticket = index != None ? MeetFirst(index, first, now, commit) : OpenFirst(bucketIndex, key, first, now, commit);
            bucket.Exit();
            if (index != None || ticket.Refusal != Reason.FragmentTableFull || !CanHaveRoom(key.Zone, now, commit))
            {
                return ticket;
            }

            if (!commit)
            {
                return default;
            }
        }
    }

    /// <summary>The verdict on the first fragment of a ticket; a datagram that another first fragment began anew meanwhile does not take it.</summary>
    public void Conclude(in FragmentTicket ticket, Verdict verdict, in FragmentVerdict of)
    {
        ref FragmentEntry entry = ref _entries[ticket.Index];
        ref FragmentBucket bucket = ref BucketOf(ref entry);
        bucket.Enter();
        if (entry.Generation == ticket.Generation && entry.State == FragmentState.Judging)
        {
            entry.Verdict = of;
            entry.State = verdict == Verdict.Allow ? FragmentState.Allowed : FragmentState.Denied;
            if (entry.State == FragmentState.Denied && !_holdEarly)
            {
                Remove(ref bucket, ticket.Index);
            }
        }

        bucket.Exit();
    }

    /// <summary>Nothing of a datagram passes any more, if it is known: one of its pieces came in a form that cannot be meant well.</summary>
    public void Poison(in FragmentKey key, long now)
    {
        ref FragmentBucket bucket = ref _buckets[BucketOf(key)];
        bucket.Enter();
        uint index = Find(ref bucket, key, now, commit: true);
        if (index != None)
        {
            FragmentTracking.Poison(ref _entries[index], Reason.OverlappingFragment);
        }

        bucket.Exit();
    }

    private FragmentTicket MeetFirst(uint index, in FirstFragment first, long now, bool commit)
    {
        FragmentEntry copy = _entries[index];
        ref FragmentEntry entry = ref commit ? ref _entries[index] : ref copy;
        Reason refusal = FragmentTracking.MeetFirst(ref entry, first, IsStrict(entry.Key), now);
        return new FragmentTicket(refusal, index, entry.Generation);
    }

    private FragmentTicket OpenFirst(uint bucketIndex, in FragmentKey key, in FirstFragment first, long now, bool commit)
    {
        if (!commit)
        {
            return new FragmentTicket(Reason.FragmentTableFull);
        }

        uint index = TryOpen(bucketIndex, key, now);
        if (index == None)
        {
            return new FragmentTicket(Reason.FragmentTableFull);
        }

        FragmentTracking.Begin(ref _entries[index], first);
        return new FragmentTicket(Reason.NotEvaluated, index, _entries[index].Generation);
    }

    private bool IsStrict(in FragmentKey key) => _checkIPv4Overlaps || key.Ethertype == Ethertype.IPv6;

    private uint BucketOf(in FragmentKey key) => (uint)key.Hash(_hash) & (uint)(_buckets.Length - 1);

    // The word may be an earlier datagram's: whoever enters the bucket checks the generation then, which changes whenever an entry is given back.
    private ref FragmentBucket BucketOf(ref FragmentEntry entry) => ref _buckets[Volatile.Read(ref entry.Bucket)];

    private bool IsExpired(in FragmentEntry entry, long now) => now - entry.CreatedMilliseconds >= LifetimeOf(entry.Key);

    private long LifetimeOf(in FragmentKey key) => key.Ethertype == Ethertype.IPv6 ? _lifetimeIPv6 : _lifetimeIPv4;

    // Removes what has expired on its way.
    private uint Find(ref FragmentBucket bucket, in FragmentKey key, long now, bool commit)
    {
        ref uint link = ref bucket.First;
        while (link != 0)
        {
            uint index = link - 1;
            ref FragmentEntry entry = ref _entries[index];
            bool isExpired = IsExpired(entry, now);
            if (!isExpired && entry.Key.Equals(key))
            {
                return index;
            }

            if (isExpired && commit)
            {
                Unlink(ref link, index);
            }
            else
            {
                link = ref entry.Next;
            }
        }

        return None;
    }
}
