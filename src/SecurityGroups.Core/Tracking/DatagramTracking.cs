using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>Connections without states of their own: UDP and UDP-Lite, SCTP, DCCP, ICMP queries, everything else.</summary>
internal static class DatagramTracking
{
    /// <summary>A UDP connection that is still talking this long after its first packet is a stream.</summary>
    private const long StreamMilliseconds = 2_000;

    public static ConnectionState Open(ref ConnectionEntry entry, in ParsedPacket packet, Direction direction, long now) =>
        Open(ref entry, ClassOf(packet), direction, now);

    public static ConnectionState Open(ref ConnectionEntry entry, ConnectionClass kind, Direction direction, long now)
    {
        entry.CreatedMilliseconds = now;
        return ConnectionState.Create(kind, direction, now);
    }

    public static TrackResult Advance(ref ConnectionEntry entry, ref ConnectionState state, Direction direction, long now, bool refreshOnEgressOnly)
    {
        bool isReply = direction != state.Original;
        bool isUdp = state.Class is ConnectionClass.UdpUnreplied or ConnectionClass.UdpStream;
        // The first reply itself does not make a stream: one query and one answer stay in the short class (behaviour U05).
        if (isUdp && state.IsReplied && now - entry.CreatedMilliseconds >= StreamMilliseconds)
        {
            state.Class = ConnectionClass.UdpStream;
            state.IsAssured = true;
        }

        if (isReply)
        {
            state.IsReplied = true;
        }

        // RFC 4787 REQ-6: only the instance itself may keep its connection alive.
        if (!isUdp || !refreshOnEgressOnly || direction == Direction.Egress)
        {
            state.Touch(now);
        }

        return TrackResult.Allow(Reason.Established);
    }

    private static ConnectionClass ClassOf(in ParsedPacket packet) => packet.Protocol switch
    {
        _ when packet.Has(PacketTraits.Icmp) => ConnectionClass.IcmpQuery,
        ProtocolNumbers.Udp or ProtocolNumbers.UdpLite => ConnectionClass.UdpUnreplied,
        ProtocolNumbers.Sctp or ProtocolNumbers.Dccp => ConnectionClass.SctpOrDccp,
        _ => ConnectionClass.Other,
    };
}
