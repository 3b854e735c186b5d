using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SecurityGroups.Match;

/// <summary>Which prefix lengths the members of each network have, longest first. Immutable, any thread.</summary>
/// <remarks>
/// Where members have no allowed prefixes, this is the one length of an address, and finding the groups of an address is one lookup; each
/// further length in use costs one more. Counts tell when a length goes out of use.
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

    /// <summary>Up to which scope lists are kept: two scopes a network number, one each ethertype.</summary>
    public int Scopes => _inUse.Length;

    public ReadOnlySpan<byte> Of(int network, Ethertype ethertype)
    {
        int scope = ScopeOf(network, ethertype);
        return (uint)scope < (uint)_inUse.Length ? _inUse[scope] : [];
    }

    public PrefixLengths With(List<PendingChange> changes)
    {
        Dictionary<(int Scope, byte Length), int> deltas = [];
        foreach (PendingChange pending in changes)
        {
            (int Scope, byte Length) key = (ScopeOf(pending.Change.Network, pending.Change.Ethertype), (byte)pending.Change.PrefixLength);
            CollectionsMarshal.GetValueRefOrAddDefault(deltas, key, out _) += pending.Change.Joins ? 1 : -1;
        }

        var counts = _counts;
        HashSet<int> changed = [];
        foreach (((int Scope, byte Length) key, int delta) in deltas)
        {
            int before = counts.GetValueOrDefault(key);
            counts = before + delta == 0 ? counts.Remove(key) : counts.SetItem(key, before + delta);
            if (before == 0 || before + delta == 0)
            {
                changed.Add(key.Scope);
            }
        }

        return new PrefixLengths(changed.Count == 0 ? _inUse : Relist(changed, counts), counts);
    }

    private byte[][] Relist(HashSet<int> changed, ImmutableDictionary<(int Scope, byte Length), int> counts)
    {
        byte[][] inUse = new byte[Math.Max(_inUse.Length, changed.Max() + 1)][];
        inUse.AsSpan().Fill([]);
        _inUse.CopyTo(inUse, 0);
        foreach (int scope in changed)
        {
            IEnumerable<byte> lengths = Enumerable.Range(0, 129).Select(length => (byte)(128 - length));
            inUse[scope] = [.. lengths.Where(length => counts.ContainsKey((scope, length)))];
        }

        return inUse[..(Array.FindLastIndex(inUse, lengths => lengths.Length != 0) + 1)];
    }

    private static int ScopeOf(int network, Ethertype ethertype) => (network * 2) + (int)ethertype;
}
