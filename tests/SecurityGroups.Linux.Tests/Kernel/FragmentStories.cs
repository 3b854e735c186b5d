using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// Datagrams in fragments, there and back, some that no rule allows: in order or not, a piece twice, missing or over another, a first piece too
/// small for the transport header, two datagrams mixed.
/// </summary>
internal sealed class FragmentStories
{
    private readonly Random _random;
    private readonly Tuple _tuple;
    private readonly List<Crossing> _story = [];
    private uint _identification;

    private FragmentStories(int seed, Tuple tuple) => (_random, _tuple, _identification) = (new Random(seed), tuple, (uint)seed << 3);

    public static IReadOnlyList<Crossing> Story(int seed, Tuple tuple)
    {
        FragmentStories stories = new(seed, tuple);
        for (int datagrams = stories._random.Next(1, 5); datagrams > 0; datagrams--)
        {
            stories.Step();
        }

        return stories._story;
    }

    private void Step()
    {
        bool egress = _random.Next(2) == 0;
        List<Crossing> pieces = Datagram(egress);
        if (_random.Next(5) == 0)
        {
            List<Crossing> others = Datagram(egress);
            pieces = [.. pieces.Zip(others, (one, other) => new[] { one, other }).SelectMany(pair => pair), .. pieces.Skip(others.Count), .. others.Skip(pieces.Count)];
        }

        _story.AddRange(pieces);
        if (_random.Next(3) == 0)
        {
            _story.Add(new Crossing(egress ? Direction.Ingress : Direction.Egress, Whole(!egress)));
        }
    }

    // A packet that the rules allow, or one of the next port.
    private byte[] Whole(bool egress)
    {
        int step = _random.Next(4) == 0 ? 1 : 0;
        (int from, int to) = egress ? (_tuple.LocalPort, _tuple.RemotePort + step) : (_tuple.RemotePort, _tuple.LocalPort + step);
        PacketBuilder ip = egress ? _tuple.Out : _tuple.In;
        PacketBuilder packet = _random.Next(4) switch
        {
            0 => ip.Tcp(from, to, TcpFlags.Syn, 1000),
            1 => ip.Icmp(_tuple.IsIPv4 ? 8 : 128, 0, 0x0007_0001),
            _ => ip.Udp(from, to),
        };
        return packet.PayloadOfLength(_random.Next(8) == 0 ? _random.Next(2000) : _random.Next(16, 200));
    }

    private List<Crossing> Datagram(bool egress)
    {
        byte[] whole = Whole(egress);
        int header = _tuple.IsIPv4 ? 20 : 40;
        byte protocol = whole[_tuple.IsIPv4 ? 9 : 6];
        _identification++;
        List<(int Offset, bool More, byte[] Octets)> pieces = Cut(whole[header..]);
        Spoil(pieces);
        PacketBuilder ip = egress ? _tuple.Out : _tuple.In;

        return [.. pieces.Select(piece => new Crossing(
            egress ? Direction.Egress : Direction.Ingress,
            ip.Piece(protocol, _identification, piece.Offset, piece.More, piece.Octets)))];
    }

    private List<(int Offset, bool More, byte[] Octets)> Cut(byte[] octets)
    {
        List<(int, bool, byte[])> pieces = [];
        for (int offset = 0; offset < octets.Length;)
        {
            int length = offset == 0 && _random.Next(10) != 0 ? 24 + (8 * _random.Next(5)) : 8 + (8 * _random.Next(Math.Max(1, octets.Length / 16)));
            int end = Math.Min(octets.Length, offset + length);
            pieces.Add((offset, end < octets.Length, octets[offset..end]));
            offset = end;
        }

        return pieces;
    }

    private void Spoil(List<(int Offset, bool More, byte[] Octets)> pieces)
    {
        int any = _random.Next(pieces.Count);
        switch (_random.Next(10))
        {
            case 0:
                pieces.RemoveAt(any);
                break;
            case 1:
                pieces.Insert(_random.Next(pieces.Count + 1), pieces[any]);
                break;
            case 2:
                int offset = Math.Max(0, pieces[any].Offset - (8 * _random.Next(3)));
                pieces.Insert(_random.Next(pieces.Count + 1), (offset, true, new byte[8 * _random.Next(1, 4)]));
                break;
            case 3 or 4 or 5:
                (int Offset, bool More, byte[] Octets)[] shuffled = [.. pieces];
                _random.Shuffle(shuffled);
                pieces.Clear();
                pieces.AddRange(shuffled);
                break;
        }
    }
}
