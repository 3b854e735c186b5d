using SecurityGroups.Packets;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// TCP that two ends might send and mostly would not: any flags, numbers at and around every bound of the window check, options where they
/// do not belong. Begins as a connection would, as far as chance has it.
/// </summary>
internal sealed class TcpChaos
{
    private const uint Lag = 66_000;
    private static readonly int[] s_windows = [0, 1, 100, 10_000, 65_535];
    private static readonly int[] s_payloads = [0, 0, 0, 1, 100, 1400];
    private static readonly TcpFlags[] s_flags =
    [
        TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack,
        TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Urg, TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr,
    ];

    private readonly Random _random;
    private readonly Tuple _tuple;
    private readonly bool _beginsInside;
    private readonly List<Crossing> _story = [];
    private readonly End _initiator;
    private readonly End _responder;

    private TcpChaos(int seed, Tuple tuple, bool beginsInside)
    {
        _random = new Random(seed);
        _tuple = tuple;
        _beginsInside = beginsInside;
        _initiator = NewEnd();
        _responder = NewEnd();
    }

    public static IReadOnlyList<Crossing> Story(int seed, Tuple tuple, bool beginsInside)
    {
        TcpChaos chaos = new(seed, tuple, beginsInside);
        chaos.Begin();
        for (int steps = chaos._random.Next(1, 16); steps > 0; steps--)
        {
            chaos.Step();
        }

        return chaos._story;
    }

    // How far the connection gets in good order before chance takes over.
    private void Begin()
    {
        int depth = _random.Next(9);
        Act[] acts =
        [
            () => Send(_initiator, TcpFlags.Syn, _initiator.First, 0, 0),
            () => Send(_responder, TcpFlags.Syn | TcpFlags.Ack, _responder.First, _initiator.Next, 0),
            () => Send(_initiator, TcpFlags.Ack, _initiator.Next, _responder.Next, 0),
            () => Send(_initiator, TcpFlags.Ack | TcpFlags.Psh, _initiator.Next, _responder.Next, 100),
            () => Send(_responder, TcpFlags.Ack | TcpFlags.Psh, _responder.Next, _initiator.Next, 1000),
            () => Send(_responder, TcpFlags.Ack | TcpFlags.Fin, _responder.Next, _initiator.Next, 0),
            () => Send(_initiator, TcpFlags.Ack | TcpFlags.Fin, _initiator.Next, _responder.Next, 0),
            () => Send(_responder, TcpFlags.Ack, _responder.Next, _initiator.Next, 0),
        ];
        foreach (Act act in acts.Take(depth))
        {
            act();
        }
    }

    private void Step()
    {
        End sender = _random.Next(2) == 0 ? _initiator : _responder;
        End receiver = ReferenceEquals(sender, _initiator) ? _responder : _initiator;
        TcpFlags flags = _random.Next(40) == 0 ? (TcpFlags)_random.Next(256) : s_flags[_random.Next(s_flags.Length)];
        uint acknowledgment = (flags & TcpFlags.Ack) != 0 || _random.Next(10) == 0 ? Acknowledgment(receiver) : 0;
        Send(sender, flags, Sequence(sender, receiver), acknowledgment, s_payloads[_random.Next(s_payloads.Length)]);
    }

    private uint Sequence(End sender, End receiver) => _random.Next(12) switch
    {
        0 => sender.First,
        1 => sender.First + 1,
        2 => sender.Next - 1,
        3 => sender.Next + 1,
        4 => receiver.Edge + (uint)_random.Next(-2, 3),
        5 => sender.Next - receiver.Window + (uint)_random.Next(-2, 3),
        6 => (uint)_random.NextInt64(1L << 32),
        7 => 0,
        _ => sender.Next,
    };

    private uint Acknowledgment(End receiver) => _random.Next(10) switch
    {
        0 => receiver.First,
        1 => receiver.First + 1,
        2 => receiver.Next + 1,
        3 => receiver.Next - Lag + (uint)_random.Next(-2, 3),
        4 => (uint)_random.NextInt64(1L << 32),
        5 => 0,
        _ => receiver.Next,
    };

    private void Send(End sender, TcpFlags flags, uint sequence, uint acknowledgment, int octets)
    {
        bool isSyn = (flags & TcpFlags.Syn) != 0;
        int window = s_windows[_random.Next(isSyn ? 2 : 0, s_windows.Length)];
        byte[] options = isSyn ? SynOptions() : Options(acknowledgment);
        bool fromInside = ReferenceEquals(sender, _initiator) == _beginsInside;
        _story.Add(_tuple.Tcp(fromInside, flags, sequence, acknowledgment, window, octets, options));
        uint end = sequence + (uint)octets + (isSyn ? 1u : 0) + ((flags & TcpFlags.Fin) != 0 ? 1u : 0);
        sender.Next = (int)(end - sender.Next) is > 0 and < 200_000 ? end : sender.Next;
        sender.Window = Math.Max(sender.Window, (uint)window);
        sender.Edge = acknowledgment + (uint)window;
    }

    private byte[] SynOptions() => _random.Next(4) switch
    {
        0 => [2, 4, 5, 0xB4, 4, 2, 1, 3, 3, (byte)_random.Next(16)],
        1 => [1, 3, 3, (byte)_random.Next(3)],
        2 => [1, 1, 4, 2],
        _ => [],
    };

    private byte[] Options(uint acknowledgment) => _random.Next(8) switch
    {
        0 => [1, 1, 5, 10, .. Word(acknowledgment + 10), .. Word(acknowledgment + (uint)_random.Next(2000))],
        1 => [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1],
        _ => [],
    };

    private static byte[] Word(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    // One in four begins just below the wrap of the sequence numbers.
    private End NewEnd()
    {
        uint first = _random.Next(4) == 0 ? uint.MaxValue - (uint)_random.Next(1000) : (uint)_random.NextInt64(1L << 32);
        return new End { First = first, Next = first };
    }

    private delegate void Act();

    private sealed class End
    {
        public uint First { get; init; }

        public uint Next { get; set; }

        public uint Window { get; set; } = 1;

        public uint Edge { get; set; }
    }
}
