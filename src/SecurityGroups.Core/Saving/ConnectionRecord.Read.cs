using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Saving;

// Reading, each value checked where it stands.
internal static partial class ConnectionRecord
{
    /// <summary>Reads a connection and the number of its NIC, of which the stream names <paramref name="nics"/>; the zone of its key is 0.</summary>
    /// <exception cref="ConnectionStreamException">The tracker could not have written it.</exception>
    public static ConnectionImage Read(ref OctetReader reader, int nics, out int nic)
    {
        byte family = reader.Byte();
        reader.Require(family is 4 or 6, "ethertype 4 or 6");
        Ethertype ethertype = family == 4 ? Ethertype.IPv4 : Ethertype.IPv6;
        byte protocol = ReadProtocol(ref reader, ethertype);
        ConnectionClass kind = ReadClass(ref reader, ethertype, protocol);
        byte scales = reader.Byte();
        reader.Require(protocol == ProtocolNumbers.Tcp || scales == byte.MaxValue, "no window scales but with TCP");
        RecordFlags flags = ReadFlags(ref reader, kind, protocol);
        nic = ReadNic(ref reader, nics);
        FlowKey key = ReadKey(ref reader, ethertype, protocol, flags);
        ConnectionImage image = new() { Key = key, State = StateOf(kind, flags, scales), IdleMilliseconds = ReadIdle(ref reader) };
        if (protocol == ProtocolNumbers.Tcp)
        {
            image.Initiator = ReadSide(ref reader, flags, RecordFlags.InitiatorSack, RecordFlags.InitiatorAcknowledged);
            reader.Require(image.Initiator.MaxWindow != 0, "a window, as an initiator has sent a packet");
            image.Responder = ReadSide(ref reader, flags, RecordFlags.ResponderSack, RecordFlags.ResponderAcknowledged);
            image.Hint = Has(flags, RecordFlags.Hint) ? ReadHint(ref reader) : default;
        }
        else
        {
            image.AgeMilliseconds = ReadAge(ref reader, image.IdleMilliseconds);
        }

        image.Traffic = Has(flags, RecordFlags.Counted) ? ReadTraffic(ref reader) : null;

        return image;
    }

    private static byte ReadProtocol(ref OctetReader reader, Ethertype ethertype)
    {
        byte protocol = reader.Byte();

        // Connections belong to what follows the last header that is walked.
        reader.Require(ethertype == Ethertype.IPv4 || !Ipv6Extensions.IsExtension(protocol), "a protocol, not an extension header");
        return protocol;
    }

    private static ConnectionClass ReadClass(ref OctetReader reader, Ethertype ethertype, byte protocol)
    {
        byte number = reader.Byte();
        ConnectionClass kind = number < Classes.Length ? Classes[number] : ConnectionClass.None;
        reader.Require(IsClassOf(kind, ethertype, protocol), "a class of connections that the protocol has");
        return kind;
    }

    private static bool IsClassOf(ConnectionClass kind, Ethertype ethertype, byte protocol) => kind switch
    {
        ConnectionClass.None => false,
        ConnectionClass.UdpUnreplied or ConnectionClass.UdpStream => protocol is ProtocolNumbers.Udp or ProtocolNumbers.UdpLite,
        ConnectionClass.IcmpQuery => IcmpQuery.IsIcmp(ethertype, protocol),
        ConnectionClass.SctpOrDccp => protocol is ProtocolNumbers.Sctp or ProtocolNumbers.Dccp,
        ConnectionClass.Other => !ProtocolNumbers.HasPorts(protocol) && !IcmpQuery.IsIcmp(ethertype, protocol),
        _ => protocol == ProtocolNumbers.Tcp,
    };

    private static RecordFlags ReadFlags(ref OctetReader reader, ConnectionClass kind, byte protocol)
    {
        RecordFlags flags = (RecordFlags)reader.UInt32();
        RecordFlags possible = protocol == ProtocolNumbers.Tcp ? RecordFlags.OfTcp : RecordFlags.OfAnyProtocol;
        reader.Require((flags & ~possible) == 0, "no flags but those of the protocol");

        // Assured connections are never evicted, and long-lived: both ends must have proved to be there.
        reader.Require(!Has(flags, RecordFlags.Assured) || Has(flags, RecordFlags.Replied), "a reply, as the connection is assured");
        reader.Require(kind != ConnectionClass.UdpStream || Has(flags, RecordFlags.Replied), "a reply, as the connection is a stream");
        return flags;
    }

    private static int ReadNic(ref OctetReader reader, int nics)
    {
        uint nic = reader.UInt32();
        reader.Require(nic < (uint)nics, "the number of a NIC that the stream names");
        return (int)nic;
    }

    private static FlowKey ReadKey(ref OctetReader reader, Ethertype ethertype, byte protocol, RecordFlags flags)
    {
        const uint VlanMask = 0xFFF;
        uint vlanIds = reader.UInt32();
        reader.Require(vlanIds >> 24 == 0 && (vlanIds == 0 || (vlanIds & VlanMask) != 0), "at most two VLAN ids, the inner one first");
        UInt128 local = reader.Address(ethertype);
        UInt128 remote = reader.Address(ethertype);
        ushort localPort = reader.UInt16();
        reader.Require(ArePortsPossible(localPort, protocol, ofInitiator: Has(flags, RecordFlags.Egress), ethertype), "a port that opens a connection");
        ushort remotePort = reader.UInt16();
        FlowKey key = new(local, remote, localPort, remotePort, 0, ethertype, vlanIds, protocol);
        if (IcmpQuery.IsIcmp(ethertype, protocol))
        {
            Direction original = Has(flags, RecordFlags.Egress) ? Direction.Egress : Direction.Ingress;
            reader.Require(IcmpQuery.IsRequest(protocol, (byte)(key.MatchPort(original) >> 8)), "the ICMP type of a query");
        }
        else
        {
            reader.Require(ArePortsPossible(remotePort, protocol, ofInitiator: !Has(flags, RecordFlags.Egress), ethertype), "a port that opens a connection");
        }

        return key;
    }

    // A packet from port 0 takes no answer, so it opens no connection; without ports both are 0.
    private static bool ArePortsPossible(ushort port, byte protocol, bool ofInitiator, Ethertype ethertype) =>
        IcmpQuery.IsIcmp(ethertype, protocol) || (ProtocolNumbers.HasPorts(protocol) ? !ofInitiator || port != 0 : port == 0);

    private static long ReadIdle(ref OctetReader reader)
    {
        uint idle = reader.UInt32();
        reader.Require(idle <= MaxIdleMilliseconds, "an idle time of 24 days at most");
        return idle;
    }

    private static long ReadAge(ref OctetReader reader, long idle)
    {
        ulong age = reader.UInt64();
        reader.Require(age >= (ulong)idle && age <= MaxAgeMilliseconds, "an age between the idle time and a thousand years");
        return (long)age;
    }

    private static TcpSide ReadSide(ref OctetReader reader, RecordFlags flags, RecordFlags sack, RecordFlags acknowledged)
    {
        TcpSide side = new()
        {
            End = reader.UInt32(),
            MaxEnd = reader.UInt32(),
            MaxAcknowledgment = reader.UInt32(),
            IsSackPermitted = Has(flags, sack),
            HasAcknowledged = Has(flags, acknowledged),
        };
        uint window = reader.UInt32();
        reader.Require(window <= MaxWindow, "a window of 2^30 - 1 octets at most");
        side.MaxWindow = window;
        return side;
    }

    private static ConnectionTraffic ReadTraffic(ref OctetReader reader) =>
        new(ReadCount(ref reader), ReadCount(ref reader), ReadCount(ref reader), ReadCount(ref reader));

    // Half of what a counter holds, so that no stream makes one overflow.
    private static long ReadCount(ref OctetReader reader)
    {
        ulong count = reader.UInt64();
        reader.Require(count <= long.MaxValue / 2, "a counter below 2^62");
        return (long)count;
    }

    private static TcpHint ReadHint(ref OctetReader reader)
    {
        ulong bits = reader.UInt64();
        reader.Require(TcpHint.IsPossible(bits), "a hint without bits that mean nothing");
        return new TcpHint(bits);
    }

    private static bool Has(RecordFlags flags, RecordFlags flag) => (flags & flag) != 0;

    private static ConnectionState StateOf(ConnectionClass kind, RecordFlags flags, byte scales)
    {
        ConnectionState state = ConnectionState.Create(kind, Has(flags, RecordFlags.Egress) ? Direction.Egress : Direction.Ingress, 0);
        state.IsRevoked = Has(flags, RecordFlags.Revoked);
        state.IsReplied = Has(flags, RecordFlags.Replied);
        state.IsAssured = Has(flags, RecordFlags.Assured);
        state.IsLiberal = Has(flags, RecordFlags.Liberal);
        state.IsZeroWindow = Has(flags, RecordFlags.ZeroWindow);
        state.HasHint = Has(flags, RecordFlags.Hint);
        state.IsLastFromInitiator = Has(flags, RecordFlags.LastFromInitiator);
        state.SetUnacknowledged(ofInitiator: true, Has(flags, RecordFlags.InitiatorUnacknowledged));
        state.SetUnacknowledged(ofInitiator: false, Has(flags, RecordFlags.ResponderUnacknowledged));
        state.SetScale(ofInitiator: true, (int)(scales & ScaleMask));
        state.SetScale(ofInitiator: false, scales >> ScaleBits);
        state.Retransmissions = (int)((uint)(flags & RecordFlags.Retransmissions) >> s_retransmissionsShift);
        return state;
    }
}
