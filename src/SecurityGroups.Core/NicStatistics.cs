using System.Collections.Immutable;
using SecurityGroups.Guard;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>Packets of one NIC by direction and reason, since the NIC was added. A copy: it does not change.</summary>
public sealed class NicStatistics
{
    private static readonly ImmutableArray<Reason> s_reasons = [.. Enum.GetValues<Reason>()];
    private readonly long[] _counts = new long[2 * s_reasons.Length];

    internal NicStatistics(string nicId, NicState state, Zone? zone)
    {
        NicId = nicId;
        Tolerated = zone?.Tolerated ?? 0;
        Evicted = zone?.Evicted ?? 0;
        Connections = zone?.Connections ?? 0;
        HalfOpen = zone?.Of(ConnectionRank.HalfOpen) ?? 0;
        Revalidations = state.Revalidations;
        Held = state.Counters.SumHeld(Direction.Ingress) + state.Counters.SumHeld(Direction.Egress);
        foreach (Reason reason in s_reasons)
        {
            _counts[Index(Direction.Ingress, reason)] = state.Counters.Sum(Direction.Ingress, reason);
            _counts[Index(Direction.Egress, reason)] = state.Counters.Sum(Direction.Egress, reason);
        }
    }

    /// <summary>The NIC's id.</summary>
    public string NicId { get; }

    /// <summary>How often a connection was checked against the rules again after a change.</summary>
    public long Revalidations { get; }

    /// <summary>TCP packets outside their window that passed because of <see cref="WindowCheck.Log"/>; counted among the allowed.</summary>
    public long Tolerated { get; }

    /// <summary>
    /// Times that a packet was held (<see cref="Verdict.Hold"/>), both directions; neither allowed nor denied, which it is counted as when it
    /// gets its verdict.
    /// </summary>
    public long Held { get; }

    /// <summary>Tracked connections of the NIC; expired ones count until they are reclaimed.</summary>
    public int Connections { get; }

    /// <summary>TCP connections among them whose handshake is not complete.</summary>
    public int HalfOpen { get; }

    /// <summary>Connections of the NIC that had to make room for others.</summary>
    public long Evicted { get; }

    /// <summary>Packets allowed, both directions.</summary>
    public long Allowed => Total(ReasonExtensions.IsAllow);

    /// <summary>Packets denied, both directions.</summary>
    public long Denied => Total(reason => !reason.IsAllow());

    /// <summary>Packets of one direction that got their verdict for one reason.</summary>
    public long this[Direction direction, Reason reason] => _counts[Index(direction, reason)];

    private static int Index(Direction direction, Reason reason) => ((int)direction * s_reasons.Length) + (int)reason;

    private long Total(Func<Reason, bool> counts) =>
        s_reasons.Where(counts).Sum(reason => this[Direction.Ingress, reason] + this[Direction.Egress, reason]);
}
