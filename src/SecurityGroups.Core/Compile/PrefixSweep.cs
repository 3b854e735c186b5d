using System.Runtime.InteropServices;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>
/// Turns sorted prefixes into consecutive address pieces, each with the longest prefix that covers it, and finds each prefix's parent.
/// </summary>
/// <remarks>
/// One pass over the prefixes with a stack of those still open: a prefix opens a piece at its first address; when it ends, the one around
/// it goes on at the next address. A piece that would begin where another just began replaces it.
/// </remarks>
internal sealed class PrefixSweep
{
    private readonly Stack<int> _open = new();
    private readonly PrefixRow[] _prefixes;

    private PrefixSweep(PrefixRow[] prefixes)
    {
        _prefixes = prefixes;
        Parents = new int[prefixes.Length];
        Starts = new List<UInt128>((prefixes.Length * 2) + 1);
        Longest = new List<int>((prefixes.Length * 2) + 1);
    }

    /// <summary>First address of each piece.</summary>
    public List<UInt128> Starts { get; }

    /// <summary>For each piece the index of its longest prefix, or <see cref="PrefixForest.None"/>.</summary>
    public List<int> Longest { get; }

    /// <summary>For each prefix the index of the longest other one that covers it, or <see cref="PrefixForest.None"/>.</summary>
    public int[] Parents { get; }

    /// <param name="prefixes">Distinct prefixes in their order.</param>
    public static PrefixSweep Over(PrefixRow[] prefixes)
    {
        PrefixSweep sweep = new(prefixes);
        sweep.Run();
        return sweep;
    }

    /// <summary>The pieces of addresses of a family, for searches.</summary>
    public AddressPieces Pieces(Ethertype ethertype) => new(ethertype, CollectionsMarshal.AsSpan(Starts));

    private void Run()
    {
        Begin(0, PrefixForest.None);
        for (int prefix = 0; prefix < _prefixes.Length; prefix++)
        {
            CloseBefore(_prefixes[prefix].Bits);
            Parents[prefix] = _open.TryPeek(out int parent) ? parent : PrefixForest.None;
            Begin(_prefixes[prefix].Bits, prefix);
            _open.Push(prefix);
        }

        CloseBefore(null);
    }

    private void CloseBefore(UInt128? start)
    {
        while (_open.TryPeek(out int prefix) && (start is null || _prefixes[prefix].Last < start))
        {
            _open.Pop();
            if (_prefixes[prefix].Last != UInt128.MaxValue)
            {
                Begin(_prefixes[prefix].Last + 1, _open.TryPeek(out int around) ? around : PrefixForest.None);
            }
        }
    }

    private void Begin(UInt128 start, int prefix)
    {
        if (Starts.Count > 0 && Starts[^1] == start)
        {
            Longest[^1] = prefix;
            return;
        }

        Starts.Add(start);
        Longest.Add(prefix);
    }
}
