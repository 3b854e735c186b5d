using System.Diagnostics;
using System.Globalization;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>A thread that changes one member of a group a thousand times a second, from each start to the next stop.</summary>
internal sealed class PacedUpdater : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(1);
    private readonly AutoResetEvent _starts = new(false);
    private readonly AutoResetEvent _stops = new(false);
    private readonly Firewall _firewall;
    private readonly Nic _member;
    private readonly Thread _thread;
    private volatile bool _isRunning;
    private volatile bool _isDone;

    public PacedUpdater(Firewall firewall, Nic member)
    {
        _firewall = firewall;
        _member = member;
        _thread = new Thread(Work) { IsBackground = true, Name = "updater" };
        _thread.Start();
    }

    /// <summary>How long the changes took.</summary>
    public LatencyHistogram Changes { get; private set; } = new();

    /// <summary>Processor time of the thread, collections that it had to do included; Linux, 0 elsewhere.</summary>
    public double ProcessorMicroseconds { get; private set; }

    public void Start()
    {
        _isRunning = true;
        _starts.Set();
    }

    /// <summary>Returns when the last change is made.</summary>
    public void Stop()
    {
        _isRunning = false;
        _stops.WaitOne();
    }

    /// <summary>Counts from zero; to be called while stopped.</summary>
    public void Forget() => (Changes, ProcessorMicroseconds) = (new LatencyHistogram(), 0);

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
            double before = ProcessorTime();
            for (long due = Stopwatch.GetTimestamp(); _isRunning; due += (long)(s_interval.TotalSeconds * Stopwatch.Frequency))
            {
                while (_isRunning && Stopwatch.GetTimestamp() < due)
                {
                    Thread.Sleep(s_interval);
                }

                Change();
            }

            ProcessorMicroseconds += ProcessorTime() - before;
            _stops.Set();
        }
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
}
