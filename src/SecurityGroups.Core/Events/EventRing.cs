using System.Numerics;

namespace SecurityGroups.Events;

/// <summary>A bounded queue that many threads write and read without locks; who finds no room counts a drop and goes on.</summary>
/// <remarks>
/// <para>Idea: the bounded queue of Dmitry Vyukov. A slot carries a sequence number that tells whose turn it is: p = free for the writer of
/// position p, p + 1 = full for the reader of position p, p + capacity = free for the next round. A thread takes a position by one
/// compare-and-swap and then owns the slot until it writes the next number. Positions have 64 bits and never wrap.</para>
/// <para>A writer never waits: it fails only because another one succeeded, and a full ring turns it away before the record is made. A writer
/// that stands still between <see cref="TryClaim"/> and <see cref="Publish"/> holds back readers, never writers. Each writer's records are read in
/// the order it wrote them.</para>
/// <para>Why not System.Threading.Channels: its bounded channel takes one lock for every write and read, so a reader that is taken off its
/// processor with the lock in hand would stop packets; its unbounded one allocates and has no bound.</para>
/// </remarks>
internal sealed class EventRing
{
    private readonly Slot[] _slots;
    private readonly int _mask;
    private readonly RingPositions[] _positions = new RingPositions[1];

    public EventRing(int capacity)
    {
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _slots.Length - 1;
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i].Sequence = i;
        }
    }

    public int Capacity => _slots.Length;

    /// <summary>Records that found no room.</summary>
    public long Dropped => Volatile.Read(ref _positions[0].Dropped);

    /// <summary>Records that were written, those under way included.</summary>
    public long Written => Volatile.Read(ref _positions[0].Written);

    /// <summary>Takes a place for a record: fill <see cref="At"/>, then <see cref="Publish"/>, and nothing between that may fail. False = full, counted.</summary>
    public bool TryClaim(out long position)
    {
        ref long written = ref _positions[0].Written;
        position = Volatile.Read(ref written);
        while (true)
        {
            long turn = Volatile.Read(ref _slots[position & _mask].Sequence) - position;
            if (turn < 0)
            {
                Interlocked.Increment(ref _positions[0].Dropped);
                return false;
            }

            long seen = turn == 0 ? Interlocked.CompareExchange(ref written, position + 1, position) : Volatile.Read(ref written);
            if (turn == 0 && seen == position)
            {
                return true;
            }

            position = seen;
        }
    }

    /// <summary>The record of a claimed place.</summary>
    public ref EventRecord At(long position) => ref _slots[position & _mask].Record;

    /// <summary>Hands a filled place to the readers.</summary>
    public void Publish(long position) => Volatile.Write(ref _slots[position & _mask].Sequence, position + 1);

    /// <summary>Takes the oldest record; false = there is none, or its writer is not done.</summary>
    public bool TryRead(out EventRecord record)
    {
        ref long read = ref _positions[0].Read;
        long position = Volatile.Read(ref read);
        while (true)
        {
            ref Slot slot = ref _slots[position & _mask];
            long turn = Volatile.Read(ref slot.Sequence) - (position + 1);
            if (turn < 0)
            {
                record = default;
                return false;
            }

            long seen = turn == 0 ? Interlocked.CompareExchange(ref read, position + 1, position) : Volatile.Read(ref read);
            if (turn == 0 && seen == position)
            {
                record = slot.Record;
                Volatile.Write(ref slot.Sequence, position + _slots.Length);
                return true;
            }

            position = seen;
        }
    }

    private struct Slot
    {
        public long Sequence;
        public EventRecord Record;
    }
}
