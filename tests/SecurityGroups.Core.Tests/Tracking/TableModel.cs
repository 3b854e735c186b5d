using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>
/// A connection table beside a dictionary from key to when it was last seen and how long it may be idle, with a clock moved by hand. What the
/// dictionary says is live must be found, and nothing else.
/// </summary>
internal sealed class TableModel
{
    private static readonly UInt128 s_secret = new(0x0123456789ABCDEF, 0xFEDCBA9876543210);

    private static readonly (ConnectionClass Class, long IdleMilliseconds)[] s_classes =
    [
        (ConnectionClass.UdpUnreplied, 30_000), (ConnectionClass.UdpStream, 180_000), (ConnectionClass.IcmpQuery, 60_000), (ConnectionClass.Other, 600_000),
    ];

    private readonly Dictionary<byte, (long Seen, long IdleMilliseconds)> _live = [];
    private readonly ZoneTable _zones;
    private readonly ConnectionTable _table;
    private uint _zone;
    private long _now = 1_000_000;

    public TableModel(int capacity, bool useAes)
    {
        _zones = new ZoneTable(capacity);
        FlowHash hash = new(s_secret, useAes && FlowHash.IsAesSupported);
        _table = new ConnectionTable(capacity, new RoomShares(100, 100), new TimeoutTable(ConnectionTimeouts.Default), _zones, hash);
        _zone = _zones.Register();
    }

    /// <summary>Connections found live so far.</summary>
    public long Found { get; private set; }

    private delegate void Change(ref ConnectionState state);

    /// <summary>One change to both, some time after the one before.</summary>
    public void Step(int what, byte number, int waitMilliseconds)
    {
        _now += waitMilliseconds;
        switch (what % 6)
        {
            case 0:
                CheckInsert(number, s_classes[what / 6 % s_classes.Length]);
                break;
            case 1:
                CheckTouch(number);
                break;
            case 2:
                Assert.Equal(IsLive(number), Remove(_table, Key(number, _zone), _now));
                _live.Remove(number);
                break;
            case 3:
                CheckChange(number, s_classes[what / 6 % s_classes.Length]);
                break;
            case 4 when what == byte.MaxValue - 1:
                _zones.Retire(_zone, _now);
                _zone = _zones.Register();
                _live.Clear();
                break;
            default:
                _table.Reclaim(_now, 8);
                break;
        }
    }

    /// <summary>Compares every key and looks for damage.</summary>
    public void CheckAll()
    {
        Assert.Null(_table.FindDamage());
        Assert.True(_table.Count >= _live.Keys.Count(IsLive), "live connections are counted");
        for (int number = 0; number <= byte.MaxValue; number++)
        {
            CheckTouch((byte)number);
        }
    }

    public static (ConnectionTable Table, uint Zone) NewTable(int capacity, bool useAes)
    {
        ZoneTable zones = new(capacity);
        FlowHash hash = new(s_secret, useAes && FlowHash.IsAesSupported);
        return (new ConnectionTable(capacity, new RoomShares(100, 100), new TimeoutTable(ConnectionTimeouts.Default), zones, hash), zones.Register());
    }

    /// <summary>Both families, and neighbours that differ in one member.</summary>
    public static FlowKey Key(int number, uint zone) =>
        new((uint)number / 8, 7, (ushort)(number % 4), 53, zone, (Ethertype)(number / 4 % 2), 0, 17);

    /// <summary>Makes a tombstone, which does not make room for others before it expires: what becomes of the rest is in EvictionTests.</summary>
    public static InsertResult Insert(ConnectionTable table, in FlowKey key, long now, ConnectionClass kind = ConnectionClass.UdpUnreplied)
    {
        ConnectionState state = ConnectionState.Create(kind, Direction.Egress, now);
        state.IsRevoked = true;
        return table.TryInsert(key, table.Hash(key), new ConnectionEntry(key), state, now, 0);
    }

    public static bool TouchLive(ConnectionTable table, in FlowKey key, long now) => WithLive(table, key, now, (ref ConnectionState state) => state.Touch(now));

    public static bool Remove(ConnectionTable table, in FlowKey key, long now) =>
        WithLive(table, key, now, (ref ConnectionState state) => state.Kill(ConnectionEnd.Removed, now));

    private static bool WithLive(ConnectionTable table, in FlowKey key, long now, Change change)
    {
        if (!table.TryAcquire(key, table.Hash(key), out uint index, out ConnectionState state))
        {
            return false;
        }

        bool isLive = !table.IsOver(table[index], state, now);
        if (isLive)
        {
            change(ref state);
        }

        table.Release(index, state);
        return isLive;
    }

    private bool IsLive(byte number) => _live.TryGetValue(number, out (long Seen, long IdleMilliseconds) entry) && _now - entry.Seen < entry.IdleMilliseconds;

    private void CheckInsert(byte number, (ConnectionClass Class, long IdleMilliseconds) kind)
    {
        InsertResult result = Insert(_table, Key(number, _zone), _now, kind.Class);

        // Expired connections that nobody has come across may still take room, but only a full table may refuse, and only what it does not have.
        InsertResult expected = IsLive(number) ? InsertResult.Exists : _table.Count == _table.Capacity && result == InsertResult.Full ? result : InsertResult.Inserted;
        Assert.Equal(expected, result);
        if (result == InsertResult.Inserted)
        {
            _live[number] = (_now, kind.IdleMilliseconds);
        }
    }

    private void CheckTouch(byte number)
    {
        bool isLive = IsLive(number);
        Assert.Equal(isLive, TouchLive(_table, Key(number, _zone), _now));
        if (isLive)
        {
            _live[number] = _live[number] with { Seen = _now };
            Found++;
        }
    }

    private void CheckChange(byte number, (ConnectionClass Class, long IdleMilliseconds) kind)
    {
        bool isLive = IsLive(number);
        Assert.Equal(isLive, WithLive(_table, Key(number, _zone), _now, (ref ConnectionState state) => state.Class = kind.Class));
        if (isLive)
        {
            _live[number] = _live[number] with { IdleMilliseconds = kind.IdleMilliseconds };
        }
    }
}
