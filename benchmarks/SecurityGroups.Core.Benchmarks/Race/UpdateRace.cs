using System.Diagnostics;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>
/// What a filtering thread feels of an updating one: bursts of established TCP packets of a NIC whose rules name a large group, beside a thousand
/// single-member changes of that group a second, and beside a thread that wakes as often and changes nothing. The two take turns, so that a
/// machine that slows down slows both. Wants two processors.
/// </summary>
internal sealed class UpdateRace : IDisposable
{
    private const int Connections = 10_000;
    private const int MaxConnections = 65_536;
    private const int Rounds = 30;
    private const int WarmUpRounds = 6;
    private const int Burst = 32;
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(500);
    private readonly TcpConversations _ring;
    private readonly Decision[] _decisions = new Decision[Burst];
    private readonly PacedUpdater _updater;

    private UpdateRace(int members)
    {
        _ring = new TcpConversations(Connections, MaxConnections, around: LargeGroup.Policy(members), groupId: LargeGroup.ReferrerId(0));
        _updater = new PacedUpdater(_ring.Firewall, LargeGroup.Member(members));
    }

    public static void Run(int members)
    {
        using UpdateRace race = new(members);
        race.TakeTurns(WarmUpRounds, new Side(), new Side());
        race._updater.Forget();
        Side idle = new();
        Side busy = new();
        race.TakeTurns(Rounds, idle, busy);
        race.Print($"update {members}", idle, busy);
    }

    public void Dispose()
    {
        _updater.Dispose();
        _ring.Dispose();
    }

    private void TakeTurns(int rounds, Side idle, Side busy)
    {
        for (int round = 0; round < rounds; round++)
        {
            _ring.FillRing();
            foreach (Side side in new[] { idle, busy })
            {
                _updater.Start(isIdle: side == idle);
                Filter(side);
                _updater.Stop();
            }
        }
    }

    private void Filter(Side side)
    {
        int collections = GC.CollectionCount(0);
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(s_turn.TotalSeconds * Stopwatch.Frequency);
        long now = start;
        for (int at = 0; now < end; at = (at + Burst) % TcpConversations.RingLength)
        {
            int allowed = _ring.Nic.Filter(Direction.Ingress, _ring.Ring, _ring.Slices.AsSpan(at, Burst), _decisions, TimeSpan.Zero);
            if (allowed != Burst)
            {
                throw new InvalidOperationException($"{allowed} of {Burst} packets were allowed.");
            }

            long before = now;
            now = Stopwatch.GetTimestamp();
            side.Bursts.Add(now - before);
        }

        side.Ticks += now - start;
        side.Collections += GC.CollectionCount(0) - collections;
    }

    private void Print(string what, Side idle, Side busy)
    {
        foreach ((string name, Side side) in new[] { ("idle", idle), ("updating", busy) })
        {
            RaceCommand.Print(what, $"{name}, million packets a second", side.MillionsOfPackets);
            RaceCommand.Print(what, $"{name}, burst p50 us", side.Bursts.Percentile(0.5));
            RaceCommand.Print(what, $"{name}, burst p99.9 us", side.Bursts.Percentile(0.999));
            RaceCommand.Print(what, $"{name}, burst p99.99 us", side.Bursts.Percentile(0.9999));
            RaceCommand.Print(what, $"{name}, collections", side.Collections);
        }

        RaceCommand.Print(what, "changes a second", _updater.Changes.Count / (Rounds * s_turn.TotalSeconds));
        RaceCommand.Print(what, "change p50 us", _updater.Changes.Percentile(0.5));
        RaceCommand.Print(what, "change p99 us", _updater.Changes.Percentile(0.99));
        RaceCommand.Print(what, "processor time a wake, us", _updater.MicrosecondsIdle);
        RaceCommand.Print(what, "processor time a change, us", _updater.MicrosecondsChanging - _updater.MicrosecondsIdle);
    }

    private sealed class Side
    {
        public LatencyHistogram Bursts { get; } = new();

        public long Ticks { get; set; }

        public int Collections { get; set; }

        public double MillionsOfPackets => Bursts.Count * Burst / (Ticks * 1e6 / Stopwatch.Frequency);
    }
}
