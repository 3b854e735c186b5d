using System.Buffers.Binary;
using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>Many UDP connections to one NIC whose both ends have talked for a while, and 64-octet Ethernet frames of them in random order.</summary>
internal sealed class UdpStreams : IDisposable
{
    private const int ServerPort = 4_433;
    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(3);
    private readonly Random _random = new(1);
    private readonly int _connections;
    private readonly Firewall _firewall;
    private readonly FrameLane _lane;
    private TimeSpan _now = s_later;

    public UdpStreams(int connections)
    {
        _connections = connections;
        SecurityGroup tunnel = SecurityGroup.CreateEmpty("tunnel").WithRule(SecurityGroupRule.Ingress(IpProtocol.Udp, ServerPort, Remote.Any));
        Nic nic = new("nic") { Addresses = [new IPAddress([10, 0, 0, 5])], SecurityGroups = ["tunnel"] };
        _firewall = new Firewall(Policy.Create([tunnel], [nic]), new FirewallOptions
        {
            LinkType = LinkType.Ethernet,
            CallerTimestamps = true,
            ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = Math.Max(65_536, connections), UnrepliedPercentage = 100 },
        });
        _lane = new FrameLane(_firewall["nic"], Direction.Ingress);
        Open();
        FillRing();
    }

    /// <summary>Fills the ring with datagrams of random connections, a millisecond after the last ones.</summary>
    public void FillRing()
    {
        _now += TimeSpan.FromMilliseconds(1);
        for (int i = 0; i < FrameLane.RingLength; i++)
        {
            Write(_lane.Frame(i), _random.Next(_connections), Direction.Ingress);
        }
    }

    /// <summary>Filters the ring in bursts of 32; returns how many are allowed.</summary>
    public int FilterInBursts() => _lane.FilterInBursts(_now);

    /// <summary>Filters the ring one by one; returns how many are allowed.</summary>
    public int FilterSingly() => _lane.FilterSingly(_now);

    public void Dispose() => _firewall.Dispose();

    private void Open()
    {
        byte[] frame = new byte[FrameLane.FrameOctets];
        foreach (TimeSpan time in new[] { TimeSpan.Zero, s_later })
        {
            for (int i = 0; i < _connections * 2; i++)
            {
                Direction direction = i % 2 == 0 ? Direction.Ingress : Direction.Egress;
                Write(frame, i / 2, direction);
                Decision decision = _firewall["nic"].Filter(direction, frame, time);
                if (!decision.IsAllowed)
                {
                    throw new InvalidOperationException($"Connection {i / 2} was not opened: {decision}.");
                }
            }
        }
    }

    private static void Write(Span<byte> frame, int connection, Direction direction)
    {
        ClientFrame.Write(frame, connection, direction, IpProtocol.Udp, ServerPort, FrameLane.FrameOctets - ClientFrame.IpOffset);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(ClientFrame.TransportOffset + 4)..], FrameLane.FrameOctets - ClientFrame.TransportOffset);
    }
}
