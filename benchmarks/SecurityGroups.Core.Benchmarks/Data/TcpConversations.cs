using System.Buffers.Binary;
using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>
/// Many established TCP connections to one NIC and 64-octet Ethernet frames of them in random order. Frames are written into a ring well
/// before they are judged, as a network card does: a store just before the load would measure failed store forwarding.
/// </summary>
internal sealed class TcpConversations : IDisposable
{
    public const int RingLength = 16_384;
    public const int FrameOctets = 64;
    private const int Burst = 32;
    private const int IpOffset = 14;
    private const int TcpOffset = IpOffset + 20;
    private const byte Syn = 0x02;
    private const byte SynAck = 0x12;
    private const byte Ack = 0x10;
    private const int ServerPort = 443;
    private const uint ServerAddress = 0x0A00_0005;
    private const int ConnectionsPerClient = 50_000;
    private const int TcpOctets = 20;
    private const uint PayloadOctets = FrameOctets - TcpOffset - TcpOctets;
    private const uint ClientStart = 1000;
    private const uint ServerStart = 5000;
    private const uint ServerEnd = ServerStart + 1 + PayloadOctets;

    // NOP and a window scale of 8 (RFC 7323).
    private const uint ScaleOption = 0x0103_0308;

    private readonly Decision[] _decisions = new Decision[Burst];
    private readonly byte[] _ring = new byte[RingLength * FrameOctets];
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
        Slices = [.. Enumerable.Range(0, RingLength).Select(i => new PacketSlice(i * FrameOctets, FrameOctets))];
        Firewall = new Firewall(PolicyOf(around ?? Policy.Empty, groupId), new FirewallOptions
        {
            LinkType = LinkType.Ethernet,
            CallerTimestamps = true,
            ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = maxConnections, CountTraffic = countTraffic },
            Events = events,
        });
        Nic = Firewall["nic"];
        Establish();
        FillRing();
    }

    public Firewall Firewall { get; }

    public NicFilter Nic { get; }

    public PacketSlice[] Slices { get; }

    public ReadOnlySpan<byte> Ring => _ring;

    public ReadOnlySpan<byte> Frame(int index) => _ring.AsSpan(index * FrameOctets, FrameOctets);

    /// <summary>Fills the ring with the next data packets of random connections.</summary>
    public void FillRing()
    {
        for (int i = 0; i < RingLength; i++)
        {
            int connection = _random.Next(_connections);
            Write(_ring.AsSpan(i * FrameOctets, FrameOctets), connection, Direction.Ingress, Ack, ClientStart + 1 + _sent[connection], ServerEnd);
            _sent[connection] += PayloadOctets;
        }
    }

    /// <summary>Fills the ring with SYNs of connections that were never seen; <paramref name="round"/> tells rounds apart.</summary>
    public void FillRingWithSyns(int round)
    {
        for (int i = 0; i < RingLength; i++)
        {
            Write(_ring.AsSpan(i * FrameOctets, FrameOctets), (round * RingLength) + i, Direction.Ingress, Syn, ClientStart, 0);
        }
    }

    /// <summary>Fills the ring with SYNs to a port that no rule opens.</summary>
    public void FillRingWithDenied()
    {
        FillRingWithSyns(0);
        for (int i = 0; i < RingLength; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_ring.AsSpan((i * FrameOctets) + TcpOffset + 2), 23);
        }
    }

    /// <summary>Filters the ring in bursts of 32; returns how many are allowed.</summary>
    public int FilterInBursts(TimeSpan now)
    {
        int allowed = 0;
        for (int i = 0; i < RingLength; i += Burst)
        {
            allowed += Nic.Filter(Direction.Ingress, Ring, Slices.AsSpan(i, Burst), _decisions, now);
        }

        return allowed;
    }

    /// <summary>Filters the ring one by one; returns how many are allowed.</summary>
    public int FilterSingly(TimeSpan now)
    {
        int allowed = 0;
        for (int i = 0; i < RingLength; i++)
        {
            allowed += Nic.Filter(Direction.Ingress, Frame(i), now).IsAllowed ? 1 : 0;
        }

        return allowed;
    }

    public void Dispose() => Firewall.Dispose();

    private static Policy PolicyOf(Policy around, string? groupId)
    {
        SecurityGroup web = SecurityGroup.CreateEmpty("web").WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, ServerPort, Remote.Any));
        Nic nic = new("nic") { Addresses = [new IPAddress([10, 0, 0, 5])], SecurityGroups = groupId is null ? ["web"] : ["web", groupId] };
        return around.WithGroup(web).WithNic(nic);
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
        uint client = 0xCB00_0000u + (uint)(connection / ConnectionsPerClient);
        ushort clientPort = (ushort)(10_000 + (connection % ConnectionsPerClient));
        bool isIngress = direction == Direction.Ingress;
        bool isSyn = (flags & Syn) != 0;
        int tcpOctets = TcpOctets + (isSyn ? sizeof(uint) : 0);
        frame.Clear();
        frame[12] = 0x08;
        frame[IpOffset] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame[(IpOffset + 2)..], (ushort)((isSyn ? TcpOffset + tcpOctets : FrameOctets) - IpOffset));
        frame[IpOffset + 8] = 64;
        frame[IpOffset + 9] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(frame[(IpOffset + 12)..], isIngress ? client : ServerAddress);
        BinaryPrimitives.WriteUInt32BigEndian(frame[(IpOffset + 16)..], isIngress ? ServerAddress : client);
        BinaryPrimitives.WriteUInt16BigEndian(frame[TcpOffset..], isIngress ? clientPort : (ushort)ServerPort);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(TcpOffset + 2)..], isIngress ? (ushort)ServerPort : clientPort);
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
