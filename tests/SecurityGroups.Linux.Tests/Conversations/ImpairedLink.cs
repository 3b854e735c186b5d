using System.Diagnostics;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>One direction of an impaired network: packets go in, and come out when it is their time, perhaps twice, perhaps never.</summary>
/// <remarks>
/// A queue ordered by release time; equal times keep their order, so a link without impairment is a plain queue. Times are
/// <see cref="Stopwatch"/> ticks. What happens to the nth packet depends on the seed and n alone. One thread.
/// </remarks>
internal sealed class ImpairedLink(Impairment impairment, int seed)
{
    private const int OvertakenFactor = 6;

    // One duplicate in ten comes late, when its connection may be closed already.
    private const int LateEvery = 10;
    private const int LateMicroseconds = 150_000;

    private readonly PriorityQueue<byte[], (long Release, long Order)> _queue = new();
    private readonly Random _random = new(seed);
    private long _order;

    public long Lost { get; private set; }

    public long Duplicated { get; private set; }

    /// <summary>When the next packet is due; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextRelease => _queue.TryPeek(out _, out (long Release, long Order) first) ? first.Release : long.MaxValue;

    public void Send(byte[] packet, long now)
    {
        if (_random.NextDouble() < impairment.Loss)
        {
            Lost++;
            return;
        }

        Enqueue(packet, now, 0);
        if (_random.NextDouble() < impairment.Duplication)
        {
            Duplicated++;
            Enqueue(packet, now, _random.Next(LateEvery) == 0 ? _random.Next(LateMicroseconds) : 0);
        }
    }

    public bool TryReceive(long now, out byte[] packet)
    {
        packet = [];
        return NextRelease <= now && _queue.TryDequeue(out packet!, out _);
    }

    private void Enqueue(byte[] packet, long now, int extraMicroseconds)
    {
        long delay = impairment.Delay + (impairment.Jitter == 0 ? 0 : _random.Next(impairment.Jitter)) + extraMicroseconds;
        long microseconds = _random.NextDouble() < impairment.Reordering ? delay * OvertakenFactor : delay;
        _queue.Enqueue(packet, (now + (microseconds * Stopwatch.Frequency / 1_000_000), _order++));
    }
}
