using System.Collections.Immutable;
using SecurityGroups.Events;
using SecurityGroups.Schedules.Scheduling;
using SecurityGroups.Tracking;

namespace SecurityGroups.Schedules.Tables;

/// <summary>
/// A small table, what threads do to it, and what must hold afterwards: the results can be explained, the table is whole, and starts and ends
/// were told in turns.
/// </summary>
internal sealed class TableTrial
{
    private const uint NoMark = uint.MaxValue;

    private readonly EventRing _events = new(64);
    private readonly ConnectionTable _table;
    private readonly ZoneTable _zones;
    private readonly uint[] _zoneNumbers;
    private readonly int _quota;
    private readonly HashSet<int> _mentioned = [];
    private History _history = new([]);
    private bool _isJudged = true;
    private string? _wrong;

    /// <param name="capacity">Room of the table.</param>
    /// <param name="quota">Of each zone; 0 = none.</param>
    /// <param name="halfOpenPercentage">Cap of half-open connections.</param>
    /// <param name="zones">How many zones the connections belong to, by their numbers in turn.</param>
    public TableTrial(int capacity, int quota = 0, int halfOpenPercentage = 100, int zones = 1)
    {
        _quota = quota;
        _zones = new ZoneTable(capacity);
        _table = new ConnectionTable(
            capacity, new RoomShares(100, halfOpenPercentage), new TimeoutTable(ConnectionTimeouts.Default), _zones, new FlowHash(UInt128.One, useAes: false),
            ConnectionWatch.Create(new ConnectionTrackingOptions { MaxConnections = capacity, CountTraffic = true }, _events, _zones));
        _zoneNumbers = [.. Enumerable.Range(0, zones).Select(_ => _zones.Register())];
    }

    public ConnectionTable Table => _table;

    /// <summary>What is there before the threads begin; all of it made at time 0.</summary>
    public TableTrial With(ConnectionClass kind, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            if (TryInsert(number, kind, 0) != InsertResult.Inserted)
            {
                throw new InvalidOperationException($"{number} does not fit.");
            }
        }

        _history = new History([.. _mentioned]);
        return this;
    }

    /// <summary>Takes some of them out again, so that their entries lie in the free list.</summary>
    public TableTrial Without(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            TryVisit(number, (ref ConnectionState state) => state.Kill(ConnectionEnd.Removed, 0), now: 0);
        }

        _history = new History([.. _mentioned.Except(numbers)]);
        return this;
    }

    /// <summary>Without the question whether an order explains the results: the threads do what it does not know.</summary>
    public TableTrial Unjudged()
    {
        _isJudged = false;
        return this;
    }

    /// <summary>The trial: the threads, then a lookup of every key.</summary>
    public Trial Run(params Action[] threads) => new(threads, Verdict);

    /// <summary>A connection as the first packet makes it. May evict any other that may go, <paramref name="evictable"/>.</summary>
    public void Insert(int number, ConnectionClass kind = ConnectionClass.UdpUnreplied, long now = 0, params int[] evictable) => _history.Do(
        $"insert {number}",
        () => TryInsert(number, kind, now),
        (keys, result) => result switch
        {
            InsertResult.Inserted => keys.Contains(number) ? [] : Subsets(keys, evictable).Select(left => left.Add(number)),
            InsertResult.Exists => keys.Contains(number) ? Subsets(keys, evictable) : [],
            _ => keys.Contains(number) ? [] : Subsets(keys, evictable),
        });

    public bool Lookup(int number) => Visit("look up", number, (ref ConnectionState _) => { }, removes: false);

    /// <summary>Whether it is there, asked without a lock.</summary>
    public bool Ask(int number)
    {
        _mentioned.Add(number);
        return _history.Do(
            $"ask for {number}",
            () => _table.MayContain(Key(number), Hash(number)),
            (keys, found) => found != keys.Contains(number) ? [] : [keys]);
    }

    public bool Remove(int number) => Visit("remove", number, (ref ConnectionState state) => state.Kill(ConnectionEnd.Removed, 0), removes: true);

    /// <summary>A datagram that touches without a lock. What it sees must be there; that it sees nothing does not say that nothing is there.</summary>
    public bool SeeAndTouch(int number, long now)
    {
        _mentioned.Add(number);
        return _history.Do($"see {number}", () => TrySeeAndTouch(number, now), (keys, isSeen) => isSeen && !keys.Contains(number) ? [] : [keys]);
    }

    /// <summary>A segment that locks its connection where it was sighted. That it finds nothing does not say that nothing is there.</summary>
    public bool SightAndLock(int number)
    {
        _mentioned.Add(number);
        return _history.Do($"sight {number}", () => TrySightAndLock(number), (keys, isLocked) => isLocked && !keys.Contains(number) ? [] : [keys]);
    }

    /// <summary>The time of the last packet, by who locks the connection and leaves it as it is; null when there is none.</summary>
    public long? TimeOf(int number)
    {
        if (!_table.TryAcquire(Key(number), Hash(number), out uint index, out ConnectionState state))
        {
            return null;
        }

        _table.Unlock(index, state);
        return state.Time;
    }

    /// <summary>A packet that refreshes; finds nothing when it is expired.</summary>
    public bool Touch(int number, long now) => Visit("touch", number, (ref ConnectionState state) => state.Touch(now), removes: false, now);

    /// <summary>The handshake's end: the connection is established.</summary>
    public bool Establish(int number, long now = 0) => Visit(
        "establish", number,
        (ref ConnectionState state) =>
        {
            state.Class = ConnectionClass.Established;
            state.IsReplied = true;
            state.IsAssured = true;
            state.Touch(now);
        },
        removes: false,
        now);

    /// <summary>Takes out what is expired at a time: any of those that may be, whenever it comes by.</summary>
    public void Reclaim(long now, params int[] expirable) =>
        _history.Do($"reclaim at {now}", () => _table.Reclaim(now, _table.Capacity), (keys, _) => Subsets(keys, expirable));

    public void Retire() => _zones.Retire(_zoneNumbers[0], 0);

    /// <summary>An operation that the history does not judge.</summary>
    public InsertResult TryInsert(int number, ConnectionClass kind, long now)
    {
        _mentioned.Add(number);
        FlowKey key = Key(number);
        ConnectionState state = ConnectionState.Create(kind, Direction.Egress, now);
        state.IsAssured = state.IsReplied = kind == ConnectionClass.Established;
        return _table.TryInsert(key, Hash(number), new ConnectionEntry(key) { Stamp = (uint)number }, state, now, _quota);
    }

    public bool TryLookup(int number) => TryVisit(number, (ref ConnectionState _) => { }, now: 0);

    /// <summary>The first numbers whose home bucket is the given one.</summary>
    public int[] NumbersAt(uint home, int count)
    {
        uint mask = (uint)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(8, _table.Capacity * 2) / 8) - 1;
        return [.. Enumerable.Range(1, 10_000).Where(number => ((uint)Hash(number) & mask) == home).Take(count)];
    }

    /// <summary>What is wrong once the threads have ended, or null.</summary>
    public string? Verdict()
    {
        foreach (int number in _mentioned.ToArray())
        {
            Lookup(number);
        }

        return _wrong ?? _table.FindDamage() ?? FindWrongEvents() ?? (!_isJudged || _history.IsLinearizable() ? null : $"no order explains {_history}");
    }

    // Of one key: a start, its end, the next start; and what has not ended is in the table.
    private string? FindWrongEvents()
    {
        Dictionary<UInt128, int> open = [];
        while (_events.TryRead(out EventRecord told))
        {
            int count = open.GetValueOrDefault(told.Local) + (told.Kind == FirewallEventKind.ConnectionStarted ? 1 : -1);
            if (count is < 0 or > 1)
            {
                return $"{told.Kind} of {told.Local} out of turn";
            }

            open[told.Local] = count;
        }

        int live = open.Values.Sum();
        return _events.Dropped == 0 && live == _table.Count ? null : $"{live} connections have begun and not ended, {_table.Count} are there";
    }

    private FlowKey Key(int number) => new((uint)number, (UInt128)7 << 64, 1, 2, _zoneNumbers[number % _zoneNumbers.Length], (Ethertype)(number % 2), 0, 6);

    private ulong Hash(int number) => _table.Hash(Key(number));

    private bool Visit(string name, int number, Change change, bool removes, long now = 0)
    {
        _mentioned.Add(number);
        return _history.Do(
            $"{name} {number}",
            () => TryVisit(number, change, now),
            (keys, found) => found != keys.Contains(number) ? [] : [removes ? keys.Remove(number) : keys]);
    }

    private bool TrySeeAndTouch(int number, long now)
    {
        Sighting sighting = _table.Look(Hash(number));
        if (sighting.IsNone)
        {
            return false;
        }

        ref ConnectionEntry entry = ref _table[sighting.Index];
        if (!_table.TrySee(entry, sighting, Key(number), out ConnectionState state, out uint mark) || !state.IsLive || state.IsLocked || state.Time > now)
        {
            return false;
        }

        Expect(number, mark, "was looked for", "seen");
        ConnectionTable.Touch(ref entry, now);
        return true;
    }

    private bool TrySightAndLock(int number)
    {
        Sighting sighting = _table.Look(Hash(number));
        if (sighting.IsNone)
        {
            return false;
        }

        ref ConnectionEntry entry = ref _table[sighting.Index];
        if (!_table.TryAcquire(ref entry, sighting.Index, Key(number), out ConnectionState state))
        {
            return false;
        }

        uint mark = entry.Stamp;
        Expect(number, mark, "was sighted", "locked");
        ConnectionTable.Unlock(ref entry, state);
        return true;
    }

    // Each connection carries its number: under another key, half written or already freed, it would show.
    private void Expect(int number, uint mark, string asked, string answered) =>
        _wrong ??= mark == (uint)number ? null : $"{number} {asked}, {(mark == NoMark ? "nothing" : mark)} {answered}";

    private bool TryVisit(int number, Change change, long now)
    {
        if (!_table.TryAcquire(Key(number), Hash(number), out uint index, out ConnectionState state))
        {
            return false;
        }

        uint mark = _table[index].Stamp;
        Expect(number, mark, "was looked up", "found");
        bool isOver = _table.IsOver(_table[index], state, now);
        if (isOver)
        {
            state.Kill(ConnectionEnd.Expired, now);
        }
        else
        {
            change(ref state);
        }

        _table.Release(index, state);
        return !isOver;
    }

    // The keys without any of those that may be gone.
    private static IEnumerable<ImmutableHashSet<int>> Subsets(ImmutableHashSet<int> keys, int[] mayGo)
    {
        int[] there = [.. mayGo.Where(keys.Contains)];
        return Enumerable.Range(0, 1 << there.Length).Select(bits => keys.Except(there.Where((_, i) => ((bits >> i) & 1) != 0)));
    }

    private delegate void Change(ref ConnectionState state);
}
