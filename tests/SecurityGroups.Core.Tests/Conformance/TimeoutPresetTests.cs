using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The table of timeouts in behaviour.md section 1: each preset and class is alive a second before its end and gone a second after.</summary>
public sealed class TimeoutPresetTests
{
    private const string Finished = "E; > FA 1001 5001:est; < FA 5001 1002:est; > A 1002 5002:est";

    private static readonly Dictionary<string, ConnectionTimeouts> s_presets = new()
    {
        ["default"] = ConnectionTimeouts.Default,
        ["linux"] = ConnectionTimeouts.Linux,
        ["aws"] = ConnectionTimeouts.Aws,
        ["rfc"] = ConnectionTimeouts.Rfc,
    };

    /// <summary>Class; what brings a connection into it; seconds in Default, Linux, Aws, Rfc.</summary>
    private static readonly (string Class, string Script, int[] Seconds)[] s_classes =
    [
        ("SYN_SENT", "> S 1000:new", [120, 120, 120, 240]),
        ("SYN_RECV", "> S 1000:new; < SA 5000 1001:est", [60, 60, 60, 240]),
        ("ESTABLISHED", "E", [7440, 432_000, 432_000, 7440]),
        ("FIN_WAIT", "E; > FA 1001 5001:est", [240, 120, 240, 240]),
        ("CLOSE_WAIT", "E; > FA 1001 5001:est; < A 5001 1002:est", [240, 60, 240, 240]),
        ("LAST_ACK", "E; > FA 1001 5001:est; < FA 5001 1002:est", [30, 30, 30, 240]),
        ("TIME_WAIT", Finished, [120, 120, 120, 240]),
        ("CLOSE", "E; < R 5001:est", [10, 10, 10, 10]),
        ("zero window", "E; < A 5001 1001 win=0:est", [300, 300, 300, 300]),
        ("unacknowledged", "E; < PA 5001+5 1001:est", [300, 300, 300, 300]),
        ("UDP unreplied", "> udp:new", [30, 30, 30, 120]),
        ("UDP stream", "> udp:new; < udp:est; wait 2; > udp:est", [180, 120, 180, 300]),
        ("UDP-Lite unreplied", "> udplite:new", [30, 30, 30, 120]),
        ("UDP-Lite stream", "> udplite:new; < udplite:est; wait 2; > udplite:est", [180, 120, 180, 300]),
        ("ICMP query", "> echo:new", [60, 30, 60, 60]),
        ("other protocol", "> proto 47:new", [600, 600, 600, 600]),
    ];

    public static TheoryData<string, int, string, int> Rows
    {
        get
        {
            TheoryData<string, int, string, int> rows = [];
            foreach ((int preset, (string name, _)) in s_presets.Index())
            {
                foreach ((int row, (string @class, _, int[] seconds)) in s_classes.Index())
                {
                    rows.Add(name, row, @class, seconds[preset]);
                }
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Connection_OfAPreset_LivesForItsTime(string preset, int row, string @class, int seconds)
    {
        FirewallOptions options = With(tracking => tracking with { Timeouts = s_presets[preset] });
        Exception? failure = Record.Exception(() => new Scenario(P0, options)
            .Play(Ends.IPv4, s_classes[row].Script).Wait(seconds - 1).Connections(1).Wait(2).Connections(0).Run());
        Assert.True(failure is null, $"{preset}, {@class}: {failure?.Message}");
    }
}
