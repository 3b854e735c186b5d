using System.Diagnostics;

namespace SecurityGroups.Mutation;

/// <summary>Ends this process when a test takes much longer than it does without a mutant, or fills the memory.</summary>
internal sealed class Watchdog : IDisposable
{
    private const long MaxOctets = 6L << 30;

    private static readonly TimeSpan s_processorTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(15);

    private readonly Action<string> _onExceeded;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private string? _test;
    private TimeSpan _processorTimeUp;
    private TimeSpan _usual;
    private long _start;

    public Watchdog(Action<string> onExceeded)
    {
        _onExceeded = onExceeded;
        _timer = new Timer(_ => Look(), null, 300, 300);
    }

    /// <summary>A test begins that usually takes so long. It may hang busily or wait for ever; on a busy machine it may only seem to wait.</summary>
    public void Begin(string test, TimeSpan usual)
    {
        lock (_lock)
        {
            _test = test;
            _usual = usual;
            _processorTimeUp = Environment.CpuUsage.TotalTime + s_processorTime + (10 * usual);
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

            if (Environment.CpuUsage.TotalTime > _processorTimeUp || Stopwatch.GetElapsedTime(_start) > s_time + (60 * _usual) || Environment.WorkingSet > MaxOctets)
            {
                _onExceeded(_test);
                using Process self = Process.GetCurrentProcess();
                self.Kill();
            }
        }
    }
}
