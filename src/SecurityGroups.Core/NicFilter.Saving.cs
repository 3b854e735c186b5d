using SecurityGroups.Match;
using SecurityGroups.Saving;

namespace SecurityGroups;

/// <content>The connections of one NIC, saved to a stream and restored from one: for a NIC that moves to another host.</content>
public sealed partial class NicFilter
{
    /// <summary>Writes the tracked connections of this NIC to a stream, as <see cref="Firewall.SaveConnections(Stream)"/> does for all NICs.</summary>
    /// <returns>How many connections were written; 0 when the NIC was removed.</returns>
    public long SaveConnections(Stream stream) => _firewall.SaveConnections(stream, IsThis);

    /// <summary>As <see cref="SaveConnections(Stream)"/>, without holding a thread while the stream makes it wait.</summary>
    public Task<long> SaveConnectionsAsync(Stream stream, CancellationToken cancellationToken = default) =>
        _firewall.SaveConnectionsAsync(stream, IsThis, cancellationToken);

    /// <summary>
    /// Puts connections of a stream into this NIC, as <see cref="Firewall.RestoreConnections(Stream, TimeSpan?)"/> does for all NICs. A stream of
    /// one NIC is taken whatever the id of that was; of a stream of several, the connections of this NIC's id.
    /// </summary>
    public RestoreResult RestoreConnections(Stream stream, TimeSpan? downtime = null) => _firewall.RestoreConnections(stream, Targets(), downtime);

    /// <summary>As <see cref="RestoreConnections(Stream, TimeSpan?)"/>, without holding a thread while the stream makes it wait.</summary>
    public Task<RestoreResult> RestoreConnectionsAsync(Stream stream, TimeSpan? downtime = null, CancellationToken cancellationToken = default) =>
        _firewall.RestoreConnectionsAsync(stream, Targets(), downtime, cancellationToken);

    private bool IsThis(NicBinding nic) => ReferenceEquals(nic.Incarnation, this);

    private NicTargets Targets()
    {
        NicTarget target = Firewall.TargetOf(_firewall.Ruleset.Nics[_slot] is { } nic && IsThis(nic) ? nic : null);
        return new NicTargets(id => id == Id ? target : Firewall.TargetOf(null), target);
    }
}
