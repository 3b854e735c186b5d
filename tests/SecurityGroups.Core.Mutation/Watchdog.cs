using System.Diagnostics;

namespace SecurityGroups.Mutation;

/// <summary>Ends this process when a test takes more processor time than it may, waits for minutes, or fills the memory.</summary>
internal sealed class Watchdog : IDisposable
{
    private const long MaxOctets = 6L << 30;

    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(5);

    private readonly Action<string> _onExceeded;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private string? _test;
    private TimeSpan _limit;
    private long _start;

    public Watchdog(Action<string> onExceeded)
    {
        _onExceeded = onExceeded;
        _timer = new Timer(_ => Look(), null, 300, 300);
    }

    /// <summary>A test begins; on a busy machine only its processor time says whether it hangs.</summary>
    public void Begin(string test, TimeSpan limit)
    {
        lock (_lock)
        {
            _test = test;
            _limit = Environment.CpuUsage.TotalTime + limit;
            _start = Stopwatch.GetTimestamp();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _test = null;
        }

        _timer.Dispose();
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_test is null)
            {
                return;
            }

            if (Environment.CpuUsage.TotalTime > _limit || Stopwatch.GetElapsedTime(_start) > s_maxWait || Environment.WorkingSet > MaxOctets)
            {
                _onExceeded(_test);
                using Process self = Process.GetCurrentProcess();
                self.Kill();
            }
        }
    }
}
