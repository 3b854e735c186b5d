using System.Numerics;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Saving;

/// <summary>One saved connection.</summary>
/// <remarks>
/// <code>
/// ethertype 1: 4 or 6 | protocol 1 | class 1 | window scales 1: initiator's low, responder's high | flags 4 | NIC 4 | VLAN ids 4
/// local address 4 or 16 | remote address 4 or 16
/// local port or ICMP identifier 2 | remote port or ICMP type that the local end sends and code 2 | idle, ms 4
/// TCP:    twice (initiator, responder): end 4 | right edge 4 | highest acknowledgment 4 | largest window 4;
///         with the flag, the hint 8: end of the SYN 4 | window 2 | scale, SACK, challenge 1 | 0 1
/// others: age, ms 8
/// where counted: ingress packets 8 | ingress octets 8 | egress packets 8 | egress octets 8
/// </code>
/// Reading refuses whatever the tracker could not have written: a checksum tells damage, not a stream that somebody made up. What is required
/// here must hold of every connection whatever happens to it, not merely of most, or a firewall could not read what it saved.
/// </remarks>
internal static partial class ConnectionRecord
{
    /// <summary>TCP over IPv6, counted.</summary>
    public const int MaxOctets = 8 + 8 + 32 + 8 + 32 + 8 + 32;

    /// <summary>24 days: no idle time is longer.</summary>
    private const uint MaxIdleMilliseconds = 24 * 86_400_000u;

    /// <summary>A thousand years; leaves room to count back from any time.</summary>
    private const ulong MaxAgeMilliseconds = 1000 * 366 * 86_400_000ul;

    private const int ScaleBits = 4;
    private const uint ScaleMask = (1 << ScaleBits) - 1;
    private const uint MaxWindow = (1u << 30) - 1;
    private static readonly int s_retransmissionsShift = BitOperations.TrailingZeroCount((uint)RecordFlags.Retransmissions);

    /// <summary>Classes as they are written; their order is part of the format.</summary>
    private static ReadOnlySpan<ConnectionClass> Classes =>
    [
        ConnectionClass.None, ConnectionClass.SynSent, ConnectionClass.SynReceived, ConnectionClass.Established, ConnectionClass.FinWait,
        ConnectionClass.CloseWait, ConnectionClass.LastAck, ConnectionClass.TimeWait, ConnectionClass.Close, ConnectionClass.SynSent2,
        ConnectionClass.SynReceived2, ConnectionClass.UdpUnreplied, ConnectionClass.UdpStream, ConnectionClass.IcmpQuery, ConnectionClass.SctpOrDccp,
        ConnectionClass.Other,
    ];

    public static void Write(ref OctetWriter writer, in ConnectionImage image, uint nic)
    {
        Ethertype ethertype = image.Key.Ethertype;
        writer.Byte(ethertype == Ethertype.IPv4 ? (byte)4 : (byte)6);
        writer.Byte(image.Key.Protocol);
        writer.Byte((byte)Classes.IndexOf(image.State.Class));
        writer.Byte((byte)(image.State.Scale(ofInitiator: true) | (image.State.Scale(ofInitiator: false) << ScaleBits)));
        writer.UInt32((uint)FlagsOf(image));
        writer.UInt32(nic);
        writer.UInt32(image.Key.VlanIds);
        writer.Address(image.Key.Local, ethertype);
        writer.Address(image.Key.Remote, ethertype);
        writer.UInt16(image.Key.LocalPort);
        writer.UInt16(image.Key.RemotePort);
        writer.UInt32((uint)Math.Min(image.IdleMilliseconds, MaxIdleMilliseconds));
        if (image.Key.Protocol == ProtocolNumbers.Tcp)
        {
            Write(ref writer, image.Initiator);
            Write(ref writer, image.Responder);
            if (image.State.HasHint)
            {
                writer.UInt64(image.Hint.Bits);
            }
        }
        else
        {
            writer.UInt64(Math.Min((ulong)image.AgeMilliseconds, MaxAgeMilliseconds));
        }

        if (image.Traffic is { } traffic)
        {
            Write(ref writer, traffic);
        }
    }

    private static void Write(ref OctetWriter writer, TcpSide side)
    {
        writer.UInt32(side.End);
        writer.UInt32(side.MaxEnd);
        writer.UInt32(side.MaxAcknowledgment);
        writer.UInt32(side.MaxWindow);
    }

    private static void Write(ref OctetWriter writer, in ConnectionTraffic traffic)
    {
        writer.UInt64((ulong)traffic.IngressPackets);
        writer.UInt64((ulong)traffic.IngressOctets);
        writer.UInt64((ulong)traffic.EgressPackets);
        writer.UInt64((ulong)traffic.EgressOctets);
    }

    private static RecordFlags FlagsOf(in ConnectionImage image)
    {
        ConnectionState state = image.State;
        return If(state.Original == Direction.Egress, RecordFlags.Egress)
            | If(state.IsRevoked, RecordFlags.Revoked)
            | If(state.IsReplied, RecordFlags.Replied)
            | If(state.IsAssured, RecordFlags.Assured)
            | If(state.IsLiberal, RecordFlags.Liberal)
            | If(state.IsZeroWindow, RecordFlags.ZeroWindow)
            | If(state.IsLastFromInitiator, RecordFlags.LastFromInitiator)
            | If(state.IsUnacknowledgedBy(initiator: true), RecordFlags.InitiatorUnacknowledged)
            | If(state.IsUnacknowledgedBy(initiator: false), RecordFlags.ResponderUnacknowledged)
            | If(image.Initiator.IsSackPermitted, RecordFlags.InitiatorSack)
            | If(image.Responder.IsSackPermitted, RecordFlags.ResponderSack)
            | If(image.Initiator.HasAcknowledged, RecordFlags.InitiatorAcknowledged)
            | If(image.Responder.HasAcknowledged, RecordFlags.ResponderAcknowledged)
            | If(image.Traffic is not null, RecordFlags.Counted)
            | If(state.HasHint, RecordFlags.Hint)
            | (RecordFlags)((uint)state.Retransmissions << s_retransmissionsShift);
    }

    private static RecordFlags If(bool condition, RecordFlags flag) => condition ? flag : RecordFlags.None;
}
