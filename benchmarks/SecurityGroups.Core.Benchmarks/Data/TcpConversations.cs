using System.Buffers.Binary;
using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>
/// Many established TCP connections to one NIC and 64-octet Ethernet frames of them in random order. Frames are written into a ring well
/// before they are judged, as a network card does: a store just before the load would measure failed store forwarding.
/// </summary>
internal sealed class TcpConversations : IDisposable
{
    public const int RingLength = FrameLane.RingLength;
    private const int FrameOctets = FrameLane.FrameOctets;
    private const int TcpOffset = ClientFrame.TransportOffset;
    private const byte Syn = 0x02;
    private const byte SynAck = 0x12;
    private const byte Ack = 0x10;
    private const int ServerPort = 443;
    private const int TcpOctets = 20;
    private const uint PayloadOctets = FrameOctets - TcpOffset - TcpOctets;
    private const uint ClientStart = 1000;
    private const uint ServerStart = 5000;
    private const uint ServerEnd = ServerStart + 1 + PayloadOctets;

    // NOP and a window scale of 8 (RFC 7323).
    private const uint ScaleOption = 0x0103_0308;

    private readonly FrameLane _lane;
    private readonly Random _random = new(1);
    private readonly uint[] _sent;
    private readonly int _connections;

    /// <param name="connections">How many connections.</param>
    /// <param name="maxConnections">Connections of the table.</param>
    /// <param name="countTraffic">Whether connections count packets and octets.</param>
    /// <param name="events">Events, or null for none.</param>
    /// <param name="around">What else is in the policy.</param>
    /// <param name="groupId">A group of it that the NIC is attached to, too.</param>
    public TcpConversations(
        int connections, int maxConnections, bool countTraffic = false, FirewallEventOptions? events = null, Policy? around = null, string? groupId = null)
    {
        _connections = connections;
        _sent = new uint[connections];
        Firewall = new Firewall(PolicyOf(around ?? Policy.Empty, groupId), new FirewallOptions
        {
            LinkType = LinkType.Ethernet,
            CallerTimestamps = true,
            ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = maxConnections, CountTraffic = countTraffic },
            Events = events,
        });
        Nic = Firewall["nic"];
        _lane = new FrameLane(Nic, Direction.Ingress);
        Establish();
        FillRing();
    }

    public Firewall Firewall { get; }

    public NicFilter Nic { get; }

    public PacketSlice[] Slices => _lane.Slices;

    public ReadOnlySpan<byte> Ring => _lane.Ring;

    /// <summary>Fills the ring with the next data packets of random connections.</summary>
    public void FillRing() => Fill(_lane, Direction.Ingress, 0, _connections, ClientStart + 1, ServerEnd, _sent);

    /// <summary>A ring for another thread: data packets of one end of the connections from <paramref name="first"/> on. It may be filtered again and again.</summary>
    public FrameLane OpenLane(Direction direction, int first, int count)
    {
        FrameLane lane = new(Nic, direction);
        if (direction == Direction.Ingress)
        {
            Fill(lane, direction, first, count, ClientStart + 1, ServerEnd, (uint[])_sent.Clone());
        }
        else
        {
            Fill(lane, direction, first, count, ServerEnd, ClientStart + 1 + PayloadOctets, new uint[_connections]);
        }

        return lane;
    }

    /// <summary>Fills the ring with SYNs of connections that were never seen; <paramref name="round"/> tells rounds apart.</summary>
    public void FillRingWithSyns(int round)
    {
        for (int i = 0; i < RingLength; i++)
        {
            Write(_lane.Frame(i), (round * RingLength) + i, Direction.Ingress, Syn, ClientStart, 0);
        }
    }

    /// <summary>Fills the ring with SYNs to a port that no rule opens.</summary>
    public void FillRingWithDenied()
    {
        FillRingWithSyns(0);
        for (int i = 0; i < RingLength; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_lane.Frame(i)[(TcpOffset + 2)..], 23);
        }
    }

    /// <summary>Filters the ring in bursts of 32; returns how many are allowed.</summary>
    public int FilterInBursts(TimeSpan now) => _lane.FilterInBursts(now);

    /// <summary>Filters the ring one by one; returns how many are allowed.</summary>
    public int FilterSingly(TimeSpan now) => _lane.FilterSingly(now);

    public void Dispose() => Firewall.Dispose();

    private static Policy PolicyOf(Policy around, string? groupId)
    {
        SecurityGroup web = SecurityGroup.CreateEmpty("web").WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, ServerPort, Remote.Any));
        Nic nic = new("nic") { Addresses = [new IPAddress([10, 0, 0, 5])], SecurityGroups = groupId is null ? ["web"] : ["web", groupId] };
        return around.WithGroup(web).WithNic(nic);
    }

    /// <summary>Each frame begins where the one before of its connection ended; <paramref name="sent"/> counts the octets.</summary>
    private void Fill(FrameLane lane, Direction direction, int first, int count, uint start, uint acknowledgment, uint[] sent)
    {
        for (int i = 0; i < RingLength; i++)
        {
            int connection = first + _random.Next(count);
            Write(lane.Frame(i), connection, direction, Ack, start + sent[connection], acknowledgment);
            sent[connection] += PayloadOctets;
        }
    }

    private void Establish()
    {
        byte[] frame = new byte[FrameOctets];
        for (int i = 0; i < _connections; i++)
        {
            Expect(frame, i, Direction.Ingress, Syn, ClientStart, 0);
            Expect(frame, i, Direction.Egress, SynAck, ServerStart, ClientStart + 1);
            Expect(frame, i, Direction.Ingress, Ack, ClientStart + 1, ServerStart + 1);
            Expect(frame, i, Direction.Egress, Ack, ServerStart + 1, ClientStart + 1 + PayloadOctets);
            _sent[i] = PayloadOctets;
        }
    }

    private void Expect(byte[] frame, int connection, Direction direction, byte flags, uint sequence, uint acknowledgment)
    {
        Write(frame, connection, direction, flags, sequence, acknowledgment);
        Decision decision = Nic.Filter(direction, frame, TimeSpan.Zero);
        if (!decision.IsAllowed)
        {
            throw new InvalidOperationException($"Connection {connection} was not established: {decision}.");
        }
    }

    private static void Write(Span<byte> frame, int connection, Direction direction, byte flags, uint sequence, uint acknowledgment)
    {
        bool isSyn = (flags & Syn) != 0;
        int tcpOctets = TcpOctets + (isSyn ? sizeof(uint) : 0);
        ClientFrame.Write(frame, connection, direction, IpProtocol.Tcp, ServerPort, (isSyn ? TcpOffset + tcpOctets : FrameOctets) - ClientFrame.IpOffset);
        BinaryPrimitives.WriteUInt32BigEndian(frame[(TcpOffset + 4)..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(frame[(TcpOffset + 8)..], acknowledgment);
        frame[TcpOffset + 12] = (byte)(tcpOctets << 2);
        frame[TcpOffset + 13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(frame[(TcpOffset + 14)..], 60_000);
        if (isSyn)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame[(TcpOffset + TcpOctets)..], ScaleOption);
        }
    }
}
