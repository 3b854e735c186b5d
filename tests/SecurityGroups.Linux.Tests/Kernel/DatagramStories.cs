using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// UDP, UDP-Lite, ICMP queries, protocols without ports, and ICMP errors about any of them and about TCP: true ones, and forged ones of every
/// kind.
/// </summary>
internal sealed class DatagramStories
{
    private static readonly int[] s_icmp4 = [8, 0, 13, 14, 17, 18, 15, 16, 9, 10, 30, 40];
    private static readonly int[] s_icmp6 = [128, 129, 139, 140, 144, 145, 200, 127, 100];
    private static readonly int[] s_errors4 = [3, 3, 3, 11, 12, 4, 5];
    private static readonly int[] s_errors6 = [1, 1, 2, 3, 4];
    private static readonly byte[] s_protocols = [47, 50, 253, 4, 41, 89, 112];

    private readonly Random _random;
    private readonly Tuple _tuple;
    private readonly List<Crossing> _story = [];

    private DatagramStories(int seed, Tuple tuple) => (_random, _tuple) = (new Random(seed), tuple);

    public static IReadOnlyList<Crossing> Story(int seed, Tuple tuple)
    {
        DatagramStories stories = new(seed, tuple);
        for (int steps = stories._random.Next(2, 12); steps > 0; steps--)
        {
            stories.Step();
        }

        return stories._story;
    }

    private void Step()
    {
        bool egress = _random.Next(2) == 0;
        PacketBuilder packet = _random.Next(8) switch
        {
            0 or 1 => Query(egress),
            2 => Ip(egress).Protocol(s_protocols[_random.Next(s_protocols.Length)], 0, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8),
            3 or 4 when _story.Count > 0 => Error(egress),
            5 => Tcp(egress),
            6 when _random.Next(4) == 0 => Ip(egress).UdpLite(Local(egress), Remote(egress)).PayloadOfLength(8),
            _ => Ip(egress).Udp(Local(egress), Remote(egress)).PayloadOfLength(_random.Next(20)),
        };
        byte[] octets = packet.Build();
        if (Askable.WhyNot(octets) is null)
        {
            _story.Add(new Crossing(egress ? Direction.Egress : Direction.Ingress, octets));
        }
    }

    private PacketBuilder Ip(bool egress) => egress ? _tuple.Out : _tuple.In;

    // Mostly the tuple of this story, sometimes a neighbour of it.
    private int Local(bool egress) => (egress ? _tuple.LocalPort : _tuple.RemotePort) + (_random.Next(10) == 0 ? 1 : 0);

    private int Remote(bool egress) => egress ? _tuple.RemotePort : _tuple.LocalPort;

    private PacketBuilder Query(bool egress)
    {
        int[] types = _tuple.IsIPv4 ? s_icmp4 : s_icmp6;
        int type = types[_random.Next(3) == 0 ? _random.Next(types.Length) : _random.Next(2)];
        uint identifier = (uint)(_tuple.LocalPort ^ _tuple.RemotePort) + (_random.Next(8) == 0 ? 1u : 0);
        return Ip(egress).Icmp(type, _random.Next(8) == 0 ? 3 : 0, (identifier << 16) | 1).PayloadOfLength(20);
    }

    private PacketBuilder Tcp(bool egress)
    {
        bool isFirst = _random.Next(3) != 0;
        return isFirst
            ? Ip(egress).Tcp(Local(egress), Remote(egress), Packets.TcpFlags.Syn, 1000)
            : Ip(egress).Tcp(Local(egress), Remote(egress), Packets.TcpFlags.Syn | Packets.TcpFlags.Ack, 5000, 1001);
    }

    private PacketBuilder Error(bool egress)
    {
        byte[] quoted = Quote();
        int[] types = _tuple.IsIPv4 ? s_errors4 : s_errors6;
        string router = _tuple.IsIPv4 ? "198.51.100.1" : "2001:db8:51::1";
        string w = _tuple.W;
        PacketBuilder ip = egress ? PacketBuilder.Ip(w, _random.Next(4) == 0 ? router : _tuple.X) : PacketBuilder.Ip(_random.Next(2) == 0 ? router : _tuple.X, w);
        uint[] rests = [0, 1280, 1400, 67, 576];
        return ip.IcmpError(types[_random.Next(types.Length)], _random.Next(6), quoted, rests[_random.Next(rests.Length)]);
    }

    // A packet of the story, whole or cut, sometimes forged.
    private byte[] Quote()
    {
        byte[] quoted = [.. _story[_random.Next(_story.Count)].Packet];
        int header = _tuple.IsIPv4 ? 20 : 40;
        if (_random.Next(4) == 0)
        {
            quoted[_random.Next(header, Math.Min(quoted.Length, header + 8))] ^= (byte)(1 << _random.Next(8));
        }

        int[] kept = [quoted.Length, quoted.Length, header + 8, header + 20, header + 7, header - 1];
        return quoted[..Math.Min(quoted.Length, kept[_random.Next(kept.Length)])];
    }
}
