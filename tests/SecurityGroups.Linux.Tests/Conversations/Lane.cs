using System.Diagnostics;
using SecurityGroups.Linux.Tests.Support;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>
/// One direction of the way: reads what one kernel sends, carries it through a network, the library and a second network, and gives it to the
/// other kernel. A thread of its own, so that both directions of a connection come to the library at once, as from a real NIC.
/// </summary>
internal sealed class Lane
{
    private const int LongestPacket = 65_536;
    private const int BurstPackets = 32;
    private const int LongestWaitMilliseconds = 5;

    private readonly Thread _thread;
    private readonly byte[] _buffer = new byte[LongestPacket];
    private readonly List<byte[]> _burst = new(BurstPackets);
    private readonly Decision[] _decisions = new Decision[BurstPackets];
    private readonly bool[] _isIntruder = new bool[BurstPackets];
    private volatile bool _isEnding;
    private Exception? _failure;

    public Lane() => _thread = new Thread(RunSafely) { IsBackground = true };

    public required TunDevice Source { get; init; }

    public required TunDevice Destination { get; init; }

    public required Direction Direction { get; init; }

    public required ImpairedLink Before { get; init; }

    public required ImpairedLink After { get; init; }

    public required IJudge Judge { get; init; }

    public required Trace Trace { get; init; }

    public required Intruder Intruder { get; init; }

    public void Start() => _thread.Start();

    /// <summary>Ends the thread.</summary>
    public void Stop()
    {
        _isEnding = true;
        _thread.Join();
        if (_failure is not null)
        {
            throw new InvalidOperationException($"The {Direction} lane broke.", _failure);
        }
    }

    private void RunSafely()
    {
        try
        {
            while (!_isEnding)
            {
                Step();
                TunDevice.Wait(WaitMilliseconds(Stopwatch.GetTimestamp()), Source);
            }
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }

    private void Step()
    {
        Read();
        long now = Stopwatch.GetTimestamp();
        while (TryGather(now))
        {
            Cross(now);
        }

        while (After.TryReceive(now, out byte[] packet))
        {
            Destination.Write(packet);
        }
    }

    private void Read()
    {
        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < BurstPackets && Source.Read(_buffer) is > 0 and int octets; i++)
        {
            Before.Send(_buffer[..octets], now);
        }
    }

    private bool TryGather(long now)
    {
        _burst.Clear();
        while (_burst.Count < BurstPackets - 1 && Before.TryReceive(now, out byte[] packet))
        {
            Gather(packet, isIntruder: Direction == Direction.Egress && Intruder.IsAnsweredBy(packet));
            if (Direction == Direction.Ingress && Intruder.Next(packet) is { } intruding)
            {
                Gather(intruding, isIntruder: true);
            }
        }

        return _burst.Count > 0;
    }

    private void Gather(byte[] packet, bool isIntruder)
    {
        _isIntruder[_burst.Count] = isIntruder;
        _burst.Add(packet);
    }

    private void Cross(long now)
    {
        Judge.Decide(Direction, _burst, _decisions);
        for (int i = 0; i < _burst.Count; i++)
        {
            Trace.Add(new Crossed(now, Direction, _burst[i], _decisions[i], _isIntruder[i]));
            if (_decisions[i].IsAllowed)
            {
                After.Send(_burst[i], now);
            }
        }
    }

    private int WaitMilliseconds(long now)
    {
        long next = Math.Min(Before.NextRelease, After.NextRelease);
        return next == long.MaxValue ? LongestWaitMilliseconds
            : next <= now ? 0
            : Math.Clamp((int)Stopwatch.GetElapsedTime(now, next).TotalMilliseconds, 1, LongestWaitMilliseconds);
    }
}
