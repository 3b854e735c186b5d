namespace SecurityGroups.Tracking;

/// <summary>What a piece makes of its datagram: each method on an entry, or a copy of one, that the caller holds.</summary>
/// <remarks>
/// <para>
/// The promise: whatever a receiver puts together from the pieces that passed, its inspected header comes whole from one first fragment, and
/// that one was judged like any packet. So a piece that begins inside the inspected header never passes (RFC 1858, RFC 3128), and pieces that
/// contradict each other end the datagram: from then on it is poisoned, for what is left of its lifetime, and nothing of it passes.
/// </para>
/// <para>
/// Strict (IPv6 always, RFC 5722; IPv4 as an option): any overlap poisons. Octets that all came before are a duplicate, which a network makes
/// without anybody's intent; RFC 8200 4.5 lets a receiver drop it and keep the rest, as Linux does, and so it is denied here, alone. The same
/// goes for a first fragment of the same length and ports; any other second one is an overlap. Nobody compares contents: a denied duplicate
/// cannot rewrite anything.
/// </para>
/// <para>
/// IPv4 otherwise: only the inspected header is protected, and a further first fragment begins the datagram anew with a verdict of its own,
/// because identifications of 16 bits come round while pieces of an earlier datagram are missing. Safe: a receiver may still hold the earlier
/// first fragment, but that was allowed too or never reached it, both begin at octet 0, and the longer of both headers stays protected, so
/// whichever the receiver prefers, no header is made of parts.
/// </para>
/// <para>
/// A complete datagram is forgotten at once, so its identification is free again. Not if pieces of it were held: whoever holds them may ask
/// until it expires, and what comes twice passes, so that a receiver may have pieces left over; no other first fragment may begin among them.
/// Once the entry has expired nothing is promised of a receiver that keeps pieces still longer: there TCP options may come from a piece left over,
/// ports and flags may not.
/// </para>
/// </remarks>
internal static class FragmentTracking
{
    /// <summary>A datagram begins with its first fragment.</summary>
    public static void Begin(ref FragmentEntry entry, in FirstFragment first)
    {
        entry.Ranges = default;
        entry.Ranges.TryAdd(0, first.Piece.End);
        Note(ref entry, first);
    }

    /// <summary>A first fragment of a datagram that is known: <see cref="Reason.NotEvaluated"/> = judge it, else why it is denied.</summary>
    public static Reason MeetFirst(ref FragmentEntry entry, in FirstFragment first, bool isStrict, long now)
    {
        switch (entry.State)
        {
            case FragmentState.Poisoned:
                return Reason.OverlappingFragment;
            case FragmentState.Waiting:
                return Join(ref entry, first, isStrict);
            default:
                if ((isStrict || entry.WasHeld) && entry.State != FragmentState.Denied)
                {
                    bool isDuplicate = entry.FirstOctets == first.Piece.End && entry.FirstPorts == first.Ports;
                    return isDuplicate ? Reason.OverlappingFragment : Poison(ref entry, Reason.OverlappingFragment);
                }

                BeginAnew(ref entry, first, now);
                return Reason.NotEvaluated;
        }
    }

    /// <summary>A later fragment: <see cref="Reason.NotEvaluated"/> = it fits, else why it is denied. Says nothing of the first one's verdict.</summary>
    public static Reason MeetLater(ref FragmentEntry entry, in FragmentPiece piece, bool isStrict)
    {
        // RFC 8200: a receiver goes by the first fragment's next header. A piece that states another is no sender's work.
        if (piece.Protocol != entry.Protocol)
        {
            return Reason.LaterFragmentWithoutFirst;
        }

        if (piece.Start < entry.HeaderOctets)
        {
            return Poison(ref entry, Reason.TinyFragment);
        }

        return Contradicts(entry, piece) ? Poison(ref entry, Reason.OverlappingFragment)
            : isStrict ? AddStrictly(ref entry, piece)
            : Add(ref entry, piece);
    }

    /// <summary>Ends the datagram for the reason of the piece that did it.</summary>
    public static Reason Poison(ref FragmentEntry entry, Reason reason)
    {
        entry.State = FragmentState.Poisoned;
        return reason;
    }

    private static void Note(ref FragmentEntry entry, in FirstFragment first)
    {
        entry.State = FragmentState.Judging;
        entry.Protocol = first.Piece.Protocol;
        entry.FirstOctets = first.Piece.End;
        entry.FirstPorts = first.Ports;
        entry.HeaderOctets = Math.Max(entry.HeaderOctets, first.HeaderOctets);
    }

    private static void BeginAnew(ref FragmentEntry entry, in FirstFragment first, long now)
    {
        // A protected header outlives its datagram here only where the receiver may still hold it.
        entry.HeaderOctets = entry.IsComplete ? (ushort)0 : entry.HeaderOctets;
        entry.DatagramOctets = 0;
        entry.WasHeld = false;
        entry.Generation++;
        entry.CreatedMilliseconds = now;
        Begin(ref entry, first);
    }

    // The first fragment that held ones wait for: it must not contradict any of them.
    private static Reason Join(ref FragmentEntry entry, in FirstFragment first, bool isStrict)
    {
        int protectedOctets = isStrict ? first.Piece.End : first.HeaderOctets;
        if (first.Piece.Protocol != entry.Protocol || entry.Ranges.Overlap(0, protectedOctets) || Contradicts(entry, first.Piece))
        {
            return Poison(ref entry, Reason.OverlappingFragment);
        }

        if (!entry.Ranges.TryAdd(0, first.Piece.End) && isStrict)
        {
            return Poison(ref entry, Reason.FragmentTableFull);
        }

        Note(ref entry, first);
        return Reason.NotEvaluated;
    }

    // Longer than the last fragment says, or two different last ones (Linux discards the datagram as well).
    private static bool Contradicts(in FragmentEntry entry, in FragmentPiece piece) => entry.DatagramOctets != 0
        ? piece.End > entry.DatagramOctets || (piece.IsLast && piece.End != entry.DatagramOctets)
        : piece.IsLast && piece.End < entry.Ranges.End;

    private static Reason AddStrictly(ref FragmentEntry entry, in FragmentPiece piece)
    {
        if (entry.Ranges.Overlap(piece.Start, piece.End))
        {
            // Where pieces are held, a piece that comes again is the host asking again.
            return !entry.Ranges.Cover(piece.Start, piece.End) ? Poison(ref entry, Reason.OverlappingFragment)
                : entry.WasHeld ? Reason.NotEvaluated
                : Reason.OverlappingFragment;
        }

        if (!entry.Ranges.TryAdd(piece.Start, piece.End))
        {
            return Reason.FragmentTableFull;
        }

        NoteEnd(ref entry, piece);
        return Reason.NotEvaluated;
    }

    // With the first fragment there, only to know when all have come: a ninth range is not noted, and the datagram then lives until it expires.
    // Before it came, what is not noted could lie over its header unseen.
    private static Reason Add(ref FragmentEntry entry, in FragmentPiece piece)
    {
        if (!entry.Ranges.TryAdd(piece.Start, piece.End) && entry.State == FragmentState.Waiting)
        {
            return Reason.FragmentTableFull;
        }

        NoteEnd(ref entry, piece);
        return Reason.NotEvaluated;
    }

    private static void NoteEnd(ref FragmentEntry entry, in FragmentPiece piece)
    {
        if (piece.IsLast)
        {
            entry.DatagramOctets = piece.End;
        }
    }
}
