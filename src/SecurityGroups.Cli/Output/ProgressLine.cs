using System.Globalization;

namespace SecurityGroups.Cli.Output;

/// <summary>A line on standard error that counts packets while a replay runs; silent unless that is a terminal.</summary>
internal sealed class ProgressLine(ToolConsole console, TimeProvider clock, bool isWanted)
{
    // The clock is asked once in so many packets.
    private const long Stride = 4096;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly bool _isOn = isWanted && console.ErrorIsTerminal;
    private long _last = clock.GetTimestamp();
    private bool _isShown;

    public void Report(long packets)
    {
        if (!_isOn || packets % Stride != 0 || clock.GetElapsedTime(_last) < s_interval)
        {
            return;
        }

        _last = clock.GetTimestamp();
        _isShown = true;
        console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{packets:N0} packets"));
    }

    /// <summary>Wipes the line, before anything else is written.</summary>
    public void Clear()
    {
        if (_isShown)
        {
            console.Error.Write("\r                              \r");
            _isShown = false;
        }
    }
}
