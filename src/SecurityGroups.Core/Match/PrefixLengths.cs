using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>Which prefix lengths the members of each network have, longest first. Immutable, any thread.</summary>
/// <remarks>
/// Where members have no allowed prefixes, this is the one length of an address, and finding the groups of an address is one lookup; each further
/// length in use costs one more. Counts tell when a length goes out of use.
/// </remarks>
internal sealed class PrefixLengths
{
    private readonly byte[][] _inUse;
    private readonly ImmutableDictionary<(int Scope, byte Length), int> _counts;

    private PrefixLengths(byte[][] inUse, ImmutableDictionary<(int Scope, byte Length), int> counts)
    {
        _inUse = inUse;
        _counts = counts;
    }

    public static PrefixLengths Empty { get; } = new([], ImmutableDictionary<(int Scope, byte Length), int>.Empty);

    public ReadOnlySpan<byte> Of(int network, Ethertype ethertype)
    {
        int scope = ScopeOf(network, ethertype);
        return (uint)scope < (uint)_inUse.Length ? _inUse[scope] : [];
    }

    public PrefixLengths With(IEnumerable<MemberChange> changes)
    {
        var counts = _counts.ToBuilder();
        HashSet<int> changed = [];
        foreach (MemberChange change in changes)
        {
            (int Scope, byte Length) key = (ScopeOf(change.Network, change.Ethertype), (byte)change.PrefixLength);
            int before = counts.GetValueOrDefault(key);
            int after = before + (change.Joins ? 1 : -1);
            counts[key] = after;
            if (after == 0)
            {
                counts.Remove(key);
            }

            if (before == 0 || after == 0)
            {
                changed.Add(key.Scope);
            }
        }

        return new PrefixLengths(changed.Count == 0 ? _inUse : Relist(changed, counts), counts.ToImmutable());
    }

    private byte[][] Relist(HashSet<int> changed, ImmutableDictionary<(int Scope, byte Length), int>.Builder counts)
    {
        byte[][] inUse = new byte[Math.Max(_inUse.Length, changed.Max() + 1)][];
        inUse.AsSpan().Fill([]);
        _inUse.CopyTo(inUse, 0);
        foreach (int scope in changed)
        {
            inUse[scope] = [.. Enumerable.Range(0, 129).Select(length => (byte)(128 - length)).Where(length => counts.ContainsKey((scope, length)))];
        }

        return inUse;
    }

    private static int ScopeOf(int network, Ethertype ethertype) => (network * 2) + (int)ethertype;
}
