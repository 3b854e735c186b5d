namespace SecurityGroups.Tests.Support;

/// <summary>A fragmented datagram of the reference model: the set of its octets that came.</summary>
internal sealed class ReferenceDatagram(ReferenceDatagramKey key, long nowMilliseconds, byte protocol)
{
    private const int MostRanges = 8;

    private readonly HashSet<int> _octets = [];

    public ReferenceDatagramKey Key { get; } = key;

    public long CreatedMilliseconds { get; } = nowMilliseconds;

    /// <summary>The protocol that its pieces state.</summary>
    public byte Protocol { get; } = protocol;

    /// <summary>The first fragment; null while it has not come.</summary>
    public ReferencePacket? First { get; set; }

    /// <summary>What became of the first fragment.</summary>
    public Reason Reason { get; set; }

    /// <summary>
    /// The rules that its first piece met, if that ended its connection: nobody can ask the rules about it, so it stands until they change in a way
    /// that concerns it, which the real one knows better. Null = not so.
    /// </summary>
    public Policy? OrphanOf { get; set; }

    /// <summary>What the rules are to be asked; null = its connection outlives them.</summary>
    public ReferenceFlow? Flow { get; set; }

    public bool IsPoisoned { get; set; }

    public bool HasHeldPieces { get; set; }

    /// <summary>Octets from 0 on that no later fragment may touch.</summary>
    public int ProtectedOctets { get; set; }

    /// <summary>How long the last fragment says it is.</summary>
    public int? Octets { get; private set; }

    public bool IsComplete => First is not null && Octets is { } octets && End == octets && HasAll((0, octets));

    private int End => _octets.Count == 0 ? 0 : _octets.Max() + 1;

    public bool Contradicts(ReferencePacket piece) => Octets is { } octets
        ? piece.Piece.End > octets || (piece.IsLastFragment && piece.Piece.End != octets)
        : piece.IsLastFragment && piece.Piece.End < End;

    public bool HasAny((int Start, int End) range) => _octets.Overlaps(Each(range));

    public bool HasAll((int Start, int End) range) => _octets.IsSupersetOf(Each(range));

    /// <summary>Notes a piece; false, and nothing noted, when that would make more ranges than are kept.</summary>
    public bool TryAdd(ReferencePacket piece)
    {
        int[] added = [.. Each(piece.Piece).Where(_octets.Add)];
        bool fits = _octets.Count(octet => !_octets.Contains(octet - 1)) <= MostRanges;
        if (!fits)
        {
            _octets.ExceptWith(added);
        }

        return fits;
    }

    public void NoteEnd(ReferencePacket piece) => Octets = piece.IsLastFragment ? piece.Piece.End : Octets;

    private static IEnumerable<int> Each((int Start, int End) range) => Enumerable.Range(range.Start, range.End - range.Start);
}
