using System.Runtime.CompilerServices;
using SecurityGroups.Events;

namespace SecurityGroups;

/// <summary>The events of a firewall, waiting to be read. Any thread may read; each event goes to one reader.</summary>
/// <remarks>
/// <para>The host pulls. A callback would run on the thread of a packet, and whatever it did would be done to the packet; what is pulled is written by
/// the packet in some dozen nanoseconds, without a lock, an allocation or a system call, into a ring of fixed size, or dropped and counted.</para>
/// <para>Nobody is woken by a packet, since waking costs the waker a system call: a reader without work looks again after
/// <see cref="FirewallEventOptions.PollInterval"/>.</para>
/// <para>The events of one connection come in their order: they are written while its entry is locked.</para>
/// </remarks>
public sealed class FirewallEvents
{
    private readonly FirewallClock _clock;
    private readonly TimeSpan _pollInterval;
    private volatile bool _isCompleted;

    internal FirewallEvents(FirewallEventOptions options, FirewallClock clock)
    {
        _clock = clock;
        _pollInterval = options.PollInterval;
        Ring = new EventRing(options.Capacity);
        Connections = options.Connections ? Ring : null;
        Denials = options.Denials ? new DenialReporter(Ring, options.DenialsPerSecond) : null;
    }

    /// <summary>How many events are held at most.</summary>
    public int Capacity => Ring.Capacity;

    /// <summary>Events lost because nobody had read those before them.</summary>
    public long Dropped => Ring.Dropped;

    /// <summary>Denied and tolerated packets beyond <see cref="FirewallEventOptions.DenialsPerSecond"/>, told by nothing but this number.</summary>
    public long Suppressed => Denials?.Suppressed ?? 0;

    /// <summary>The ring itself.</summary>
    internal EventRing Ring { get; }

    /// <summary>Where starts and ends go; null when they are not wanted.</summary>
    internal EventRing? Connections { get; }

    /// <summary>Where denials go; null when they are not wanted.</summary>
    internal DenialReporter? Denials { get; }

    /// <summary>Takes the oldest event; false = there is none. Never waits, and allocates nothing.</summary>
    public bool TryRead(out FirewallEvent firewallEvent)
    {
        bool isRead = Ring.TryRead(out EventRecord record);
        firewallEvent = isRead ? new FirewallEvent(record, _clock.TimeOf(record.Time)) : default;
        return isRead;
    }

    /// <summary>Reads until the firewall is disposed and its last event was read. Several may read at once and share the events.</summary>
    /// <param name="cancellationToken">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<FirewallEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Asked before the ring is: what was written before the end is still read.
            bool isCompleted = _isCompleted;
            while (TryRead(out FirewallEvent firewallEvent))
            {
                yield return firewallEvent;
            }

            if (isCompleted)
            {
                yield break;
            }

            await Task.Delay(_pollInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The firewall tells nothing more.</summary>
    internal void Complete() => _isCompleted = true;
}
