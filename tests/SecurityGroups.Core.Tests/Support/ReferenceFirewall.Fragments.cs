namespace SecurityGroups.Tests.Support;

// Fragments: what a first one got, its later ones get. One dictionary; a datagram is the set of its octets.
internal sealed partial class ReferenceFirewall
{
    private const int MostShares = 16;

    private readonly Dictionary<ReferenceDatagramKey, ReferenceDatagram> _datagrams = [];
    private ReferenceDatagram? _held;

    /// <summary>The datagram whose piece was held by the last call, if it was.</summary>
    public ReferenceDatagram? Held => _held;

    private FragmentOptions Fragments => options.Fragments;

    /// <summary>What has become of a held piece.</summary>
    public (Verdict Verdict, Reason Reason) AskAgain(ReferenceDatagram held, string nicId, long now)
    {
        bool isKnown = _zones.TryGetValue(nicId, out Zone? zone) && zone.Number == held.Key.Zone
            && Find(held.Key, now) is { } known && ReferenceEquals(known, held);
        Reason? answer = isKnown ? Answer(held, Policy.Nics[nicId]) : Reason.LaterFragmentWithoutFirst;
        return answer is { } reason ? (VerdictOf(reason), reason) : (Verdict.Hold, Reason.LaterFragmentWithoutFirst);
    }

    public bool IsLaterFragment(string nicId, byte[] octets) =>
        ReferencePacket.Read(octets, new ReferenceNic(Policy.Nics[nicId], options).LinkType, options).IsLaterFragment;

    private bool IsExpired(ReferenceDatagram datagram, long now) => now - datagram.CreatedMilliseconds
        >= (datagram.Key.Source.Family == Ethertype.IPv4 ? timeouts.FragmentsIPv4 : timeouts.FragmentsIPv6) * 1_000L;

    private ReferenceDatagram? Find(ReferenceDatagramKey key, long now) =>
        _datagrams.TryGetValue(key, out ReferenceDatagram? datagram) && !IsExpired(datagram, now) ? datagram : null;

    private static ReferenceDatagramKey KeyOf(Zone zone, Direction direction, ReferencePacket packet) => new(
        zone.Number, direction, string.Join(',', packet.VlanIds), packet.Source, packet.Destination, packet.Identification,
        packet.Family == Ethertype.IPv4 ? packet.StatedProtocol : null);

    /// <summary>A piece inside the least transport header is denied by its form, and takes its datagram with it if nothing else was wrong.</summary>
    private void PoisonIfTiny(ReferenceNic nic, Zone zone, Direction direction, ReferencePacket packet, long now)
    {
        if (packet is { Fault: Reason.TinyFragment, IsLaterFragment: true }
            && new ReferencePlace(Policy, nic, options, direction, packet, hasFreshDhcpRequest: false).Decide() is null
            && Find(KeyOf(zone, direction, packet), now) is { } datagram)
        {
            datagram.IsPoisoned = true;
        }
    }

    private Reason DecideFragment(Call call)
    {
        ReferenceDatagramKey key = KeyOf(call.Zone, call.Direction, call.Packet);
        ReferenceDatagram? datagram = Find(key, call.Now);
        bool isStrict = Fragments.CheckIPv4Overlaps || call.Packet.Family == Ethertype.IPv6;
        return call.Packet.IsLaterFragment ? DecideLater(key, datagram, call, isStrict) : DecideFirst(key, datagram, call, isStrict);
    }

    private Reason DecideFirst(ReferenceDatagramKey key, ReferenceDatagram? known, Call call, bool isStrict)
    {
        if (known is null && !HasRoom(key, call.Now))
        {
            return Reason.FragmentTableFull;
        }

        if (known is not null && CannotBegin(known, call.Packet, isStrict) is { } refused)
        {
            return refused;
        }

        bool isAwaited = known is { First: null };
        ReferenceDatagram datagram = isAwaited ? known! : new ReferenceDatagram(key, call.Now, call.Packet.StatedProtocol);
        datagram.ProtectedOctets = Math.Max(call.Packet.InspectedOctets, known is { IsComplete: false } ? known.ProtectedOctets : 0);
        datagram.First = call.Packet;
        datagram.TryAdd(call.Packet);
        _datagrams[key] = datagram;
        Conclude(datagram, DecidePlaced(call), call);
        return datagram.Reason;
    }

    /// <summary>Why a first fragment may not begin a datagram that is known; null = it may.</summary>
    private static Reason? CannotBegin(ReferenceDatagram datagram, ReferencePacket first, bool isStrict)
    {
        if (datagram.IsPoisoned)
        {
            return Reason.OverlappingFragment;
        }

        if (datagram.First is { } before)
        {
            bool isOver = (!isStrict && !datagram.HasHeldPieces) || VerdictOf(datagram.Reason) == Verdict.Deny;
            bool isRepeat = before.Piece == first.Piece && PortsOf(before) == PortsOf(first);
            datagram.IsPoisoned |= !isOver && !isRepeat;
            return isOver ? null : Reason.OverlappingFragment;
        }

        bool hits = datagram.HasAny((0, isStrict ? first.Piece.End : first.InspectedOctets));
        if (hits || first.StatedProtocol != datagram.Protocol || datagram.Contradicts(first))
        {
            datagram.IsPoisoned = true;
            return Reason.OverlappingFragment;
        }

        if (!datagram.TryAdd(first) && isStrict)
        {
            datagram.IsPoisoned = true;
            return Reason.FragmentTableFull;
        }

        return null;
    }

    private static (int, int) PortsOf(ReferencePacket packet)
    {
        bool isQuery = packet.IsIcmp && (ReferenceIcmp.IsRequest(packet.Family, packet.IcmpType) || ReferenceIcmp.IsReply(packet.Family, packet.IcmpType));
        return (isQuery ? packet.IcmpIdentifier : packet.SourcePort, packet.RulePort);
    }

    private void Conclude(ReferenceDatagram datagram, Reason reason, Call call)
    {
        datagram.Reason = reason;
        if (VerdictOf(reason) == Verdict.Deny)
        {
            // Only those who wait for it need to be told.
            Forget(datagram, !Fragments.HoldEarlyFragments);
            return;
        }

        ReferenceConnectionKey? key = ReferenceRules.IsStateful(Policy, call.Nic.Nic) ? KeyOf(call) : null;
        ReferenceConnection? connection = reason == Reason.Related ? FindQuoted(ReferenceQuote.Read(call.Packet.IcmpPayload, call.Packet.Family), call)
            : key is not null ? Find(key, call.Now) : null;
        bool outlivesRules = (key is not null || reason == Reason.Related) && Tracking.EstablishedConnections == EstablishedConnections.KeepUntilIdle;
        datagram.OrphanOf = reason != Reason.MatchedRule && connection is null && !outlivesRules ? Policy : null;
        datagram.Flow = outlivesRules || datagram.OrphanOf is not null ? null : connection?.Flow ?? call.Flow;
    }

    private Reason DecideLater(ReferenceDatagramKey key, ReferenceDatagram? known, Call call, bool isStrict)
    {
        if (known is null)
        {
            return !Fragments.HoldEarlyFragments ? Reason.LaterFragmentWithoutFirst
                : HasRoom(key, call.Now) ? Hold(_datagrams[key] = new ReferenceDatagram(key, call.Now, call.Packet.StatedProtocol), call.Packet, isStrict)
                : Reason.FragmentTableFull;
        }

        Reason? answer = Answer(known, call.Nic.Nic);
        if (answer is { } denied && VerdictOf(denied) == Verdict.Deny)
        {
            return denied;
        }

        Reason reason = answer is null ? Hold(known, call.Packet, isStrict) : Misfit(known, call.Packet, isStrict) ?? answer.Value;
        Forget(known, known is { IsComplete: true, HasHeldPieces: false, IsPoisoned: false });
        return reason;
    }

    private Reason Hold(ReferenceDatagram datagram, ReferencePacket piece, bool isStrict)
    {
        datagram.HasHeldPieces = true;
        if (Misfit(datagram, piece, isStrict) is { } misfit)
        {
            return misfit;
        }

        _held = datagram;
        return Reason.LaterFragmentWithoutFirst;
    }

    /// <summary>The verdict on a datagram as it stands; null = its first fragment is awaited.</summary>
    private Reason? Answer(ReferenceDatagram datagram, Nic nic) => datagram.IsPoisoned ? Reason.OverlappingFragment
        : datagram.First is null ? null
        : VerdictOf(datagram.Reason) == Verdict.Deny ? datagram.Reason
        : datagram.OrphanOf is { } policy && policy != Policy && _said == Reason.PolicyRevoked ? Reason.PolicyRevoked
        : datagram.Flow is { } flow && !ReferenceRules.Allows(Policy, nic, flow) ? Reason.PolicyRevoked
        : datagram.Reason;

    /// <summary>Why a later fragment does not fit what came before; null = it fits, and is noted.</summary>
    private static Reason? Misfit(ReferenceDatagram datagram, ReferencePacket piece, bool isStrict)
    {
        if (piece.StatedProtocol != datagram.Protocol)
        {
            return Reason.LaterFragmentWithoutFirst;
        }

        if (piece.Piece.Start < datagram.ProtectedOctets)
        {
            datagram.IsPoisoned = true;
            return Reason.TinyFragment;
        }

        bool overlaps = isStrict && datagram.HasAny(piece.Piece);
        if (datagram.Contradicts(piece) || (overlaps && !datagram.HasAll(piece.Piece)))
        {
            datagram.IsPoisoned = true;
            return Reason.OverlappingFragment;
        }

        if (overlaps)
        {
            return datagram.HasHeldPieces ? null : Reason.OverlappingFragment;
        }

        if (!datagram.TryAdd(piece) && (isStrict || datagram.First is null))
        {
            return Reason.FragmentTableFull;
        }

        datagram.NoteEnd(piece);
        return null;
    }

    private void Forget(ReferenceDatagram datagram, bool ends)
    {
        if (ends)
        {
            _datagrams.Remove(datagram.Key);
        }
    }

    /// <summary>Room in the table and in the NIC's share; expired datagrams take some if the real one says so.</summary>
    private bool HasRoom(ReferenceDatagramKey key, long now)
    {
        int share = Math.Max(1, Fragments.MaxDatagrams / Math.Clamp(Policy.Nics.Count, 1, MostShares));
        ReferenceDatagram[] others =
            [.. _datagrams.Values.Where(datagram => datagram.Key != key && (_said == Reason.FragmentTableFull || !IsExpired(datagram, now)))];
        return others.Length < Fragments.MaxDatagrams && others.Count(datagram => datagram.Key.Zone == key.Zone) < share;
    }
}
