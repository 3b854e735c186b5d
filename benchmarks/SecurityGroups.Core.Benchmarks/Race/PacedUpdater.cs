using System.Diagnostics;
using System.Globalization;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>A thread that wakes a thousand times a second, from each start to the next stop, and changes one member of a group or is idle.</summary>
internal sealed class PacedUpdater : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(1);
    private readonly AutoResetEvent _starts = new(false);
    private readonly AutoResetEvent _stops = new(false);
    private readonly Firewall _firewall;
    private readonly Nic _member;
    private readonly Thread _thread;
    private volatile bool _isRunning;
    private volatile bool _isIdle;
    private volatile bool _isDone;
    private Cost _idle;
    private Cost _changing;

    public PacedUpdater(Firewall firewall, Nic member)
    {
        _firewall = firewall;
        _member = member;
        _thread = new Thread(Work) { IsBackground = true, Name = "updater" };
        _thread.Start();
    }

    /// <summary>How long the changes took.</summary>
    public LatencyHistogram Changes { get; private set; } = new();

    /// <summary>Processor time of the thread for a wake without change; Linux, 0 elsewhere.</summary>
    public double MicrosecondsIdle => _idle.Microseconds / _idle.Wakes;

    /// <summary>The same with a change, collections that it had to do included.</summary>
    public double MicrosecondsChanging => _changing.Microseconds / _changing.Wakes;

    public void Start(bool isIdle)
    {
        _isIdle = isIdle;
        _isRunning = true;
        _starts.Set();
    }

    /// <summary>Returns when the thread rests.</summary>
    public void Stop()
    {
        _isRunning = false;
        _stops.WaitOne();
    }

    /// <summary>Counts from zero; to be called while stopped.</summary>
    public void Forget() => (Changes, _idle, _changing) = (new LatencyHistogram(), default, default);

    public void Dispose()
    {
        _isDone = true;
        _starts.Set();
        _thread.Join();
        _starts.Dispose();
        _stops.Dispose();
    }

    private void Work()
    {
        for (_starts.WaitOne(); !_isDone; _starts.WaitOne())
        {
            if (_isIdle)
            {
                Pace(ref _idle, static () => { });
            }
            else
            {
                Pace(ref _changing, Change);
            }

            _stops.Set();
        }
    }

    private void Pace(ref Cost cost, Action act)
    {
        double before = ProcessorTime();
        for (long due = Stopwatch.GetTimestamp(); _isRunning; due += (long)(s_interval.TotalSeconds * Stopwatch.Frequency))
        {
            while (_isRunning && Stopwatch.GetTimestamp() < due)
            {
                Thread.Sleep(s_interval);
            }

            act();
            cost.Wakes++;
        }

        cost.Microseconds += ProcessorTime() - before;
    }

    private void Change()
    {
        long start = Stopwatch.GetTimestamp();
        _firewall.Update(policy => LargeGroup.Toggle(policy, _member));
        Changes.Add(Stopwatch.GetTimestamp() - start);
    }

    private static double ProcessorTime()
    {
        const string Schedule = "/proc/thread-self/schedstat";
        return File.Exists(Schedule) ? double.Parse(File.ReadAllText(Schedule).Split(' ')[0], CultureInfo.InvariantCulture) / 1_000 : 0;
    }

    private struct Cost
    {
        public double Microseconds;
        public long Wakes;
    }
}
