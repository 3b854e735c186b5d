using SecurityGroups.Cli;
using SecurityGroups.Cli.Output;

namespace SecurityGroups.Tests.Output;

public sealed class ProgressLineTests
{
    [Theory]
    [InlineData(true, true, "\r4,096 packets\r                              \r")]
    [InlineData(true, false, "")]
    [InlineData(false, true, "")]
    public void Progress_OnATerminalOnly_IsShownAndWiped(bool isTerminal, bool isWanted, string expected)
    {
        using StringWriter error = new();
        ToolConsole console = new(Stream.Null, Stream.Null, error, OutputIsTerminal: false, ErrorIsTerminal: isTerminal);
        StepClock clock = new();
        ProgressLine progress = new(console, clock, isWanted);

        progress.Report(4095);
        clock.Milliseconds = 1000;
        progress.Report(4095);
        progress.Report(4096);
        progress.Report(8192);
        progress.Clear();
        progress.Clear();

        Assert.Equal(expected, error.ToString());
    }

    private sealed class StepClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
