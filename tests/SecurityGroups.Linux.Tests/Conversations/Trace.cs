using System.Diagnostics;
using System.Globalization;
using System.Text;
using SecurityGroups.Cli.Captures;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>
/// The last packets that came to the library, in the order of the decisions, and every decision that is not as it should be. Any thread.
/// </summary>
internal sealed class Trace
{
    private const int RememberedPackets = 1 << 16;
    private const int ShownPackets = 60;
    private const int ShownFailures = 8;

    private readonly Lock _lock = new();
    private readonly Queue<Crossed> _recent = new(RememberedPackets);
    private readonly Dictionary<string, string> _failures = [];
    private readonly Dictionary<string, int> _kinds = [];
    private readonly long _start = Stopwatch.GetTimestamp();

    public Figures Figures { get; } = new();

    public int FailureCount { get; private set; }

    /// <summary>Notes a decision, and judges it.</summary>
    public void Add(in Crossed crossed)
    {
        lock (_lock)
        {
            Remember(crossed);
            Figures.Count(crossed);
            if (!IsAsItShouldBe(crossed) && !IsExcused(crossed))
            {
                Fail(crossed);
            }
        }
    }

    /// <summary>What failed: how often which kind, and of each kind one connection's packets before.</summary>
    public string DescribeFailures()
    {
        lock (_lock)
        {
            IEnumerable<string> kinds = _kinds.OrderByDescending(each => each.Value).Select(each => $"{each.Value,8} {each.Key}");
            return $"{FailureCount} wrong decisions\n{string.Join('\n', kinds)}\n{string.Join('\n', _failures.Values)}";
        }
    }

    /// <summary>Writes what is remembered, for Wireshark.</summary>
    public void Save(string path)
    {
        lock (_lock)
        {
            using CaptureWriter writer = CaptureWriter.Create(path);
            long number = 0;
            foreach (Crossed crossed in _recent)
            {
                long nanoseconds = (long)Stopwatch.GetElapsedTime(_start, crossed.Timestamp).TotalNanoseconds;
                writer.Write(new CapturedPacket(++number, nanoseconds, LinkTypes.Raw, crossed.Packet.Length, crossed.Packet));
            }
        }
    }

    private static bool IsAsItShouldBe(in Crossed crossed) =>
        crossed.IsIntruder ? Intruder.MayBe(crossed.Decision) : crossed.Decision.IsAllowed;

    private bool IsExcused(in Crossed crossed)
    {
        string? excuse = crossed.IsIntruder ? null : Excuse.For(crossed, _recent);
        if (excuse is not null)
        {
            Figures.Add($"excused {excuse}", 1);
        }

        return excuse is not null;
    }

    private void Remember(in Crossed crossed)
    {
        if (_recent.Count == RememberedPackets)
        {
            _recent.Dequeue();
        }

        _recent.Enqueue(crossed);
    }

    private void Fail(in Crossed failed)
    {
        FailureCount++;
        string kind = $"{PacketText.TalkOf(failed.Packet)}, {failed.Direction}, {PacketText.Parse(failed.Packet).TcpFlags}: {failed.Decision}";
        _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        if (_failures.Count < ShownFailures && !_failures.ContainsKey(kind))
        {
            _failures[kind] = Story(failed);
        }
    }

    private string Story(in Crossed failed)
    {
        string flow = PacketText.FlowOf(failed.Packet);
        StringBuilder text = new($"{failed.Decision} for a packet of {(failed.IsIntruder ? "the intruder" : "a legal conversation")}:\n");
        foreach (Crossed crossed in _recent.Where(each => PacketText.FlowOf(each.Packet) == flow).TakeLast(ShownPackets))
        {
            double milliseconds = Stopwatch.GetElapsedTime(_start, crossed.Timestamp).TotalMilliseconds;
            string mark = crossed.IsIntruder ? "!" : " ";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {milliseconds,10:F3} {mark} {crossed.Direction,-7} {PacketText.Of(crossed.Packet)}  {crossed.Decision}");
        }

        return text.ToString();
    }
}
