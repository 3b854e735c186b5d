using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>
/// The distinct sets of services (protocol and port) that the rules of one table allow, by number. Immutable, any thread, no allocation.
/// </summary>
/// <remarks>
/// In one of two forms, chosen when compiled: a bit matrix, which answers without a branch that depends on the packet, or lists of ranges
/// where so many sets differ in so many services that the matrix would grow with the square of the rules. Set 0 is empty.
/// </remarks>
internal sealed class AllowSets
{
    private readonly AllowMatrix? _matrix;
    private readonly AllowLists _lists = AllowLists.Empty;

    public AllowSets(AllowMatrix matrix) => _matrix = matrix;

    public AllowSets(AllowLists lists) => _lists = lists;

    public long Octets => _matrix?.Octets ?? _lists.Octets;

    /// <summary>Whether a set allows a service.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int set, int service) => _matrix is not null ? _matrix.Contains(set, service) : _lists.Contains(set, service);

    /// <summary>A bit for each service of a burst: whether its set allows it.</summary>
    public uint Contains(ref Burst<int> sets, ref Burst<int> services, int length)
    {
        if (_matrix is not null)
        {
            return _matrix.Contains(ref sets, ref services, length);
        }

        uint allowed = 0;
        for (int i = 0; i < length; i++)
        {
            allowed |= (_lists.Contains(sets[i], services[i]) ? 1u : 0) << i;
        }

        return allowed;
    }
}
