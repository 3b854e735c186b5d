using SecurityGroups.Match;
using SecurityGroups.Saving;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <content>
/// Connections that outlive the firewall: saved to a stream, restored from one. The same code writes and reads for both kinds of caller; only
/// the loops that move octets come twice, waiting and asynchronous.
/// </content>
public sealed partial class Firewall
{
    /// <summary>
    /// Writes the tracked connections of every NIC to a stream, revoked ones included; packets go on meanwhile. What a packet changes after its
    /// connection was visited is not saved, so let none through between this and the restore.
    /// </summary>
    /// <returns>How many connections were written.</returns>
    /// <exception cref="ObjectDisposedException">The firewall was disposed.</exception>
    public long SaveConnections(Stream stream) => SaveConnections(stream, _ => true);

    /// <summary>As <see cref="SaveConnections(Stream)"/>, without holding a thread while the stream makes it wait.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the stream holds a part.</exception>
    public Task<long> SaveConnectionsAsync(Stream stream, CancellationToken cancellationToken = default) =>
        SaveConnectionsAsync(stream, _ => true, cancellationToken);

    /// <summary>
    /// Puts the connections of a stream back to the NICs of the same ids, each idle for the time between save and restore longer than it was.
    /// All of the stream is checked before the first is put in; each is checked against the rules at its next packet. Reads up to the end
    /// of the saved connections, no further.
    /// </summary>
    /// <param name="stream">Saved connections.</param>
    /// <param name="downtime">Time between save and restore; null = the difference of the dates of both firewalls' time providers.</param>
    /// <exception cref="ConnectionStreamException">The stream is damaged or holds something else; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The downtime is null, and one of the firewalls was made for caller timestamps; nothing was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The downtime is negative.</exception>
    /// <exception cref="ObjectDisposedException">The firewall was disposed.</exception>
    public RestoreResult RestoreConnections(Stream stream, TimeSpan? downtime = null) => RestoreConnections(stream, TargetsById(), downtime);

    /// <summary>As <see cref="RestoreConnections(Stream, TimeSpan?)"/>, without holding a thread while the stream makes it wait.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was changed.</exception>
    public Task<RestoreResult> RestoreConnectionsAsync(Stream stream, TimeSpan? downtime = null, CancellationToken cancellationToken = default) =>
        RestoreConnectionsAsync(stream, TargetsById(), downtime, cancellationToken);

    internal long SaveConnections(Stream stream, Func<NicBinding, bool> ofNic)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ConnectionStreamWriter writer = Writer(ofNic);
        foreach (ReadOnlyMemory<byte> part in writer.Parts())
        {
            stream.Write(part.Span);
        }

        return writer.Count;
    }

    internal async Task<long> SaveConnectionsAsync(Stream stream, Func<NicBinding, bool> ofNic, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ConnectionStreamWriter writer = Writer(ofNic);
        foreach (ReadOnlyMemory<byte> part in writer.Parts())
        {
            await stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
        }

        return writer.Count;
    }

    internal RestoreResult RestoreConnections(Stream stream, NicTargets targets, TimeSpan? downtime)
    {
        RestoreBatch batch = BatchFor(stream, downtime);
        ConnectionStreamReader reader = new(targets, batch);
        while (!reader.IsComplete)
        {
            Memory<byte> next = reader.Next;
            reader.Accept(stream.ReadAtLeast(next.Span, next.Length, throwOnEndOfStream: false));
        }

        return Restore(batch, DowntimeMilliseconds(downtime, reader.SavedAt));
    }

    internal async Task<RestoreResult> RestoreConnectionsAsync(
        Stream stream, NicTargets targets, TimeSpan? downtime, CancellationToken cancellationToken)
    {
        RestoreBatch batch = BatchFor(stream, downtime);
        ConnectionStreamReader reader = new(targets, batch);
        while (!reader.IsComplete)
        {
            Memory<byte> next = reader.Next;
            reader.Accept(await stream.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false));
        }

        return Restore(batch, DowntimeMilliseconds(downtime, reader.SavedAt));
    }

    /// <summary>Where connections of a NIC with this id go, in the ruleset in force.</summary>
    internal static NicTarget TargetOf(NicBinding? nic) => nic switch
    {
        null => new NicTarget(RestoreOutcome.UnknownNic),
        { SecurityOn: true, Stateful: true } => new NicTarget(RestoreOutcome.Restored, nic.Zone, nic.Tracking.MaxConnections),
        _ => new NicTarget(RestoreOutcome.NotTracked),
    };

    private ConnectionStreamWriter Writer(Func<NicBinding, bool> ofNic)
    {
        (string Id, uint Zone)[] nics =
            [.. RulesetInForce().Nics.All().Where(nic => nic.SecurityOn && nic.Stateful && ofNic(nic)).Select(nic => (nic.Id, nic.Zone))];
        return new ConnectionStreamWriter(Tracker, nics, Clock.UnixMilliseconds, Clock.NowOrLatest());
    }

    private NicTargets TargetsById()
    {
        Ruleset ruleset = RulesetInForce();
        return new NicTargets(id => TargetOf(ruleset.FindNic(id)), sole: null);
    }

    private RestoreBatch BatchFor(Stream stream, TimeSpan? downtime)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(downtime ?? TimeSpan.Zero, TimeSpan.Zero, nameof(downtime));
        if (downtime is null && Clock.UnixMilliseconds is null)
        {
            ThrowNoClock("This firewall");
        }

        return new RestoreBatch(Tracker.Capacity);
    }

    // A date that went back adds nothing: no connection comes back younger than it was.
    private long DowntimeMilliseconds(TimeSpan? downtime, long? savedAt)
    {
        if (downtime is { } told)
        {
            return (long)told.TotalMilliseconds;
        }

        if (savedAt is null)
        {
            ThrowNoClock("The firewall that saved these connections");
        }

        return Math.Max(0, Clock.UnixMilliseconds!.Value - savedAt!.Value);
    }

    private RestoreResult Restore(RestoreBatch batch, long downtimeMilliseconds)
    {
        _ = RulesetInForce();
        RestoreResult result = batch.Restore(Tracker, Clock.NowOrLatest(), downtimeMilliseconds);
        GC.KeepAlive(this);
        return result;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void ThrowNoClock(string whose) =>
        throw new InvalidOperationException($"{whose} was made with {nameof(FirewallOptions.CallerTimestamps)}: pass the downtime.");
}
