using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// Two TCP peers that keep to the RFC, over a link that loses, repeats and reorders, as NIC W sees them. With flaws: between their segments
/// copies that something is wrong with, and the five-tuple used again before or after the end.
/// </summary>
internal sealed class TcpConversation
{
    private const int MostSteps = 4000;

    private readonly Random _random;
    private readonly Tuple _tuple;
    private readonly bool _beginsInside;
    private readonly bool _hasFlaws;
    private readonly List<Crossing> _story = [];

    private TcpConversation(int seed, Tuple tuple, bool beginsInside, bool hasFlaws) =>
        (_random, _tuple, _beginsInside, _hasFlaws) = (new Random(seed), tuple, beginsInside, hasFlaws);

    public static IReadOnlyList<Crossing> Story(int seed, Tuple tuple, bool beginsInside, bool hasFlaws)
    {
        TcpConversation conversation = new(seed, tuple, beginsInside, hasFlaws);
        conversation.Talk(conversation._random.Next(4) == 0 ? conversation._random.Next(5, 60) : MostSteps);
        if (conversation._random.Next(3) == 0)
        {
            conversation.Talk(MostSteps);
        }

        return conversation._story;
    }

    private void Talk(int steps)
    {
        int octets = _random.Next(8) == 0 ? 20_000 : 2000;
        TcpPeer inside = new(_random, _random.Next(octets), _random.Next(-1, 8));
        TcpPeer outside = new(_random, _random.Next(octets), _random.Next(-1, 8));
        BadLink toInside = new(_random);
        BadLink toOutside = new(_random);
        bool isSimultaneous = _random.Next(8) == 0;
        for (; steps > 0 && !(inside.IsDone && outside.IsDone); steps--)
        {
            switch (_random.Next(4))
            {
                case 0 when inside.Send(_beginsInside || isSimultaneous) is { } segment:
                    Cross(true, segment);
                    toOutside.Put(segment);
                    break;
                case 1 when outside.Send(!_beginsInside || isSimultaneous) is { } segment:
                    toInside.Put(segment);
                    break;
                case 2 when toOutside.Take() is { } segment:
                    outside.Receive(segment);
                    break;
                case 3 when toInside.Take() is { } segment:
                    Cross(false, segment);
                    inside.Receive(segment);
                    break;
            }
        }
    }

    private void Cross(bool fromInside, TcpPeerSegment segment)
    {
        Send(fromInside, segment);
        if (_hasFlaws && _random.Next(12) == 0)
        {
            Send(_random.Next(2) == 0, Flawed(segment));
        }
    }

    private TcpPeerSegment Flawed(TcpPeerSegment segment) => _random.Next(6) switch
    {
        0 => segment with { Sequence = segment.Sequence + Far() },
        1 => segment with { Acknowledgment = segment.Acknowledgment + Far() },
        2 => segment with { Flags = TcpFlags.Rst, Sequence = segment.Sequence + (uint)_random.Next(2), Octets = 0 },
        3 => segment with { Flags = TcpFlags.Syn, Sequence = segment.Sequence + Far(), Acknowledgment = 0, Octets = 0 },
        4 => segment with { Flags = segment.Flags | TcpFlags.Fin, Options = [] },
        _ => segment with { Window = _random.Next(3) == 0 ? 0 : _random.Next(ushort.MaxValue) },
    };

    private uint Far() => _random.Next(3) switch
    {
        0 => (uint)_random.NextInt64(1L << 32),
        1 => (uint)_random.Next(-70_000, 70_000),
        _ => (uint)_random.Next(-3, 4),
    };

    private void Send(bool fromInside, TcpPeerSegment segment) =>
        _story.Add(_tuple.Tcp(fromInside, segment.Flags, segment.Sequence, segment.Acknowledgment, segment.Window, segment.Octets, segment.Options));
}
