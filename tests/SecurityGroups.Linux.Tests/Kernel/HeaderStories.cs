using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>A handshake, or a datagram and its answer, behind IPv4 options or IPv6 extension headers, with ports and lengths that may be wrong.</summary>
internal sealed class HeaderStories
{
    private readonly Random _random;
    private readonly Tuple _tuple;
    private readonly bool _beginsInside;

    private HeaderStories(int seed, Tuple tuple, bool beginsInside) => (_random, _tuple, _beginsInside) = (new Random(seed), tuple, beginsInside);

    public static IReadOnlyList<Crossing> Story(int seed, Tuple tuple, bool beginsInside) => new HeaderStories(seed, tuple, beginsInside).Tell();

    private List<Crossing> Tell()
    {
        (int here, int there) = _beginsInside ? (_tuple.LocalPort, _tuple.RemotePort) : (_tuple.RemotePort, _tuple.LocalPort);
        PacketBuilder to = _beginsInside ? _tuple.Out : _tuple.In;
        PacketBuilder back = _beginsInside ? _tuple.In : _tuple.Out;
        bool isTcp = _random.Next(2) == 0;
        PacketBuilder[] story = isTcp
            ?
            [
                to.Tcp(here, there, TcpFlags.Syn, 1000),
                back.Tcp(there, here, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001),
                to.Tcp(here, there, TcpFlags.Ack, 1001, 5001).PayloadOfLength(10),
            ]
            : [to.Udp(here, there).PayloadOfLength(8), back.Udp(there, here).PayloadOfLength(8)];
        return [.. story.Select((packet, i) => new Crossing((i % 2 == 0) == _beginsInside ? Direction.Egress : Direction.Ingress, Dress(packet)))
            .Where(crossing => Askable.WhyNot(crossing.Packet) is null)];
    }

    private PacketBuilder Dress(PacketBuilder packet)
    {
        PacketBuilder dressed = _tuple.IsIPv4 ? Options(packet) : Headers(packet);
        return _random.Next(12) switch
        {
            0 => dressed.PatchTransport(_random.Next(4), (byte)_random.Next(256)),
            1 => dressed.PatchTransport(0, 0, 0),
            2 => dressed.PatchTransport(2, 0, 0),
            3 => dressed.PatchTransport(12, (byte)_random.Next(256)),
            4 => dressed.PatchTransport(4, (byte)_random.Next(2), (byte)_random.Next(256)),
            5 => dressed.Padding(_random.Next(1, 9)),
            _ => dressed,
        };
    }

    private PacketBuilder Options(PacketBuilder packet) => _random.Next(6) switch
    {
        0 => packet.IPv4Options(1, 1, 1, 1),
        1 => packet.IPv4Options(7, 7, 4, 0, 0, 0, 0),
        2 => packet.IPv4Options(68, 8, 5, 0, 0, 0, 0, 0),
        3 => packet.IPv4Options(131, 7, 4, 10, 0, 0, 1),
        4 => packet.IPv4Options(137, 7, 8, 10, 0, 0, 1),
        _ => packet,
    };

    private PacketBuilder Headers(PacketBuilder packet)
    {
        for (int headers = _random.Next(4); headers > 0; headers--)
        {
            packet = _random.Next(8) switch
            {
                0 => packet.HopByHop(),
                1 => packet.DestinationOptions(),
                2 => packet.Routing(0, (byte)_random.Next(2)),
                3 => packet.Routing(2, (byte)_random.Next(2)),
                4 => packet.Routing((byte)_random.Next(3, 6), (byte)_random.Next(2)),
                5 => packet.Authentication(),
                6 => packet.Extension((byte)(_random.Next(2) == 0 ? 135 : 139), 0, 0, 0, 0, 0, 0, 0, 0),
                _ => packet.DestinationOptions(1, 4, 0, 0, 0, 0),
            };
        }

        return packet;
    }
}
