namespace SecurityGroups.Tests.Support;

// Steps 6 to 10 of decisions.md on a stateful NIC.
internal sealed partial class ReferenceFirewall
{
    private ConnectionTrackingOptions Tracking => options.ConnectionTracking;

    private Reason DecideStateful(Call call)
    {
        ReferencePacket packet = call.Packet;
        if (ReferenceIcmp.IsError(packet.Family, packet.Protocol, packet.IcmpType) && packet.IsIcmp)
        {
            return DecideIcmpError(call);
        }

        ReferenceConnectionKey? key = KeyOf(call);
        if (key is not null && Find(key, call.Now) is { } connection && Advance(key, connection, call) is { } reason)
        {
            return reason;
        }

        return CannotOpen(call) ?? Open(key, call);
    }

    /// <summary>The packet's connection; null for what is never tracked.</summary>
    private static ReferenceConnectionKey? KeyOf(Call call)
    {
        ReferencePacket packet = call.Packet;
        bool isEgress = call.Direction == Direction.Egress;
        (ReferenceAddress local, ReferenceAddress remote) = isEgress ? (packet.Source, packet.Destination) : (packet.Destination, packet.Source);
        string vlans = string.Join(',', packet.VlanIds);
        if (call.Nic.IsOneToMany(packet.Destination) || (packet.HasPorts && packet.SourcePort == 0))
        {
            return null;
        }

        if (!packet.IsIcmp)
        {
            (int localPort, int remotePort) = isEgress ? (packet.SourcePort, packet.DestinationPort) : (packet.DestinationPort, packet.SourcePort);
            return new ReferenceConnectionKey(call.Zone.Number, vlans, packet.Protocol, local, localPort, remote, remotePort, null);
        }

        bool isReply = ReferenceIcmp.IsReply(packet.Family, packet.IcmpType);
        if (!isReply && !ReferenceIcmp.IsRequest(packet.Family, packet.IcmpType))
        {
            return null;
        }

        int query = (ReferenceIcmp.RequestOf(packet.Family, packet.IcmpType) << 8) | packet.IcmpCode;
        return new ReferenceConnectionKey(
            call.Zone.Number, vlans, packet.Protocol, local, packet.IcmpIdentifier, remote, query, isReply ? Opposite(call.Direction) : call.Direction);
    }

    private static Direction Opposite(Direction direction) => direction == Direction.Egress ? Direction.Ingress : Direction.Egress;

    private ReferenceConnection? Find(ReferenceConnectionKey key, long now) =>
        _connections.TryGetValue(key, out ReferenceConnection? connection) && !connection.IsExpired(now, timeouts) ? connection : null;

    /// <summary>What a known connection makes of the packet; null = nothing, it goes on as if there were none.</summary>
    private Reason? Advance(ReferenceConnectionKey key, ReferenceConnection connection, Call call)
    {
        bool isRevoked = IsRevoked(connection, call.Nic.Nic);
        connection.IsUnchecked = false;
        if (isRevoked)
        {
            connection.Revoke(isRevoked: true, call.Now);
            bool replaces = call.Packet.Tcp is { Syn: true, Ack: false } && ReferenceRules.Allows(Policy, call.Nic.Nic, call.Flow);
            return replaces ? null : Reason.PolicyRevoked;
        }

        connection.Revoke(isRevoked: false, call.Now);
        if (connection.Tcp is null)
        {
            connection.Refresh(call.Direction, call.Now, Tracking.RefreshOnEgressOnly);
            return Reason.Established;
        }

        return AdvanceTcp(key, connection, call);
    }

    private Reason? AdvanceTcp(ReferenceConnectionKey key, ReferenceConnection connection, Call call)
    {
        ReferenceSegment segment = call.Packet.Tcp!;
        bool fromInitiator = call.Direction == connection.Initiator;
        if (connection.Tcp!.IsReopenedBy(segment, fromInitiator))
        {
            bool isAllowed = ReferenceRules.Allows(Policy, call.Nic.Nic, call.Flow);
            return isAllowed && _connections.Remove(key) ? null : Reason.NoMatchingRule;
        }

        bool mayBeginAgain = Tracking.EstablishedConnections == EstablishedConnections.Revalidate;
        (Reason reason, ReferenceTcp? next) = connection.Tcp.Advance(segment, fromInitiator, call.Nic.WindowCheck, mayBeginAgain);
        if (reason == Reason.Established)
        {
            connection.Refresh(call.Direction, call.Now, onEgressOnly: false);
        }

        if (next is null)
        {
            _connections.Remove(key);
        }
        else
        {
            connection.Tcp = next;
        }

        return reason;
    }

    /// <summary>Whether the rules no longer admit what opened the connection.</summary>
    private bool IsRevoked(ReferenceConnection connection, Nic nic) =>
        Tracking.EstablishedConnections == EstablishedConnections.Revalidate || connection.IsUnchecked
            ? !ReferenceRules.Allows(Policy, nic, connection.Flow)
            : connection.IsTombstone;

    private static Reason? CannotOpen(Call call)
    {
        ReferencePacket packet = call.Packet;
        if (packet.IsIcmp && ReferenceIcmp.IsReply(packet.Family, packet.IcmpType))
        {
            return Reason.InvalidState;
        }

        if (packet.Tcp is not { } tcp || tcp is { Syn: true, Ack: false })
        {
            return null;
        }

        bool mayJoin = call.Nic.PickUp == PickUp.Loose || (call.Nic.PickUp == PickUp.LooseEgressOnly && call.Direction == Direction.Egress);
        return tcp.Syn || tcp.Fin || tcp.Rst ? Reason.InvalidState : mayJoin ? null : Reason.NotSyn;
    }

    private Reason Open(ReferenceConnectionKey? key, Call call)
    {
        Reason reason = ByRules(call.Nic.Nic, call.Flow);
        if (reason != Reason.MatchedRule || key is null)
        {
            return reason;
        }

        int worth = call.Packet.Tcp is null ? 0 : 1;
        if (NoRoom(key, call, worth) is { } full)
        {
            return full;
        }

        _connections[key] = new ReferenceConnection(call.Direction, call.Flow, call.Now)
        {
            Tcp = call.Packet.Tcp is { } segment ? ReferenceTcp.Open(segment) : null,
        };
        return Reason.MatchedRule;
    }
}
