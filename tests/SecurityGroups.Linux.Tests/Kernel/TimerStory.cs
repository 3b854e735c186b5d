namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// Stories with waits, for timers of 2 s (established and UDP stream: 4 s): what is sent at 0, 1.4, 2.8 and 5.4 s. At the last packet library and
/// kernel agree, or the row says why not.
/// </summary>
internal sealed record TimerStory(string Name, params string[] Phases)
{
    public static TimeSpan[] Times { get; } = [TimeSpan.Zero, TimeSpan.FromSeconds(1.4), TimeSpan.FromSeconds(2.8), TimeSpan.FromSeconds(5.4)];

    public static IReadOnlyList<TimerStory> All { get; } =
    [
        new("SYN-SENT lives", "> S 1000", "< SA 5000 1001"),
        new("SYN-SENT expires", "> S 1000", "", "< SA 5000 1001"),
        new("SYN-RECEIVED lives", "> S 1000; < SA 5000 1001", "> A 1001 5001"),
        new("SYN-RECEIVED expires", "> S 1000; < SA 5000 1001", "", "> A 1001 5001"),
        new("established lives", "E", "", "> A 1001 5001", "< A 5001 1001"),
        new("established expires", "E", "", "", "> A 1001 5001"),
        new("unacknowledged data expire", "E; < PA 5001+1 1001", "", "> A 1001 5002"),
        new("acknowledged data live", "E; < PA 5001+1 1001; > A 1001 5002", "", "> A 1001 5002"),
        new("zero window expires", "E; < A 5001 1001 win=0", "", "> A 1001 5001"),
        new("zero window, opened again, lives", "E; < A 5001 1001 win=0; < A 5001 1001 win=100", "", "> A 1001 5001"),
        new("retransmissions expire", "E; > PA 1001+9 5001; < A 5001 1010; > PA 1001+9 5001; > PA 1001+9 5001; > PA 1001+9 5001; > PA 1001+9 5001", "", "< A 5001 1010"),
        new("FIN-WAIT lives", "E; > FA 1001 5001", "< A 5001 1002"),
        new("FIN-WAIT expires", "E; > FA 1001 5001", "", "< A 5001 1002"),
        new("CLOSE-WAIT lives", "E; > FA 1001 5001; < A 5001 1002", "< A 5001 1002", "< A 5001 1002"),
        new("CLOSE-WAIT expires", "E; > FA 1001 5001; < A 5001 1002", "", "< A 5001 1002"),
        new("LAST-ACK expires", "E; > FA 1001 5001; < FA 5001 1002", "", "> A 1002 5002"),
        new("TIME-WAIT lives", "E; > FA 1001 5001; < FA 5001 1002; > A 1002 5002", "< A 5002 1002"),
        new("TIME-WAIT expires", "E; > FA 1001 5001; < FA 5001 1002; > A 1002 5002", "", "< A 5002 1002"),
        new("closed lives", "E; < R 5001", "< A 5001 1001"),
        new("closed expires", "E; < R 5001", "", "< A 5001 1001"),
        new("a packet that is ignored prolongs nothing", "E; > FA 1001 5001", "> S 90000", "< A 5001 1002"),
        new("UDP lives", "> udp", "< udp", "< udp"),
        new("UDP expires", "> udp; < udp", "", "< udp"),
        new("UDP stream lives", "> udp; < udp", "> udp", "< udp", "< udp"),
        new("no UDP stream without answer", "> udp", "> udp", "> udp", "< udp"),
        new("query lives", "> echo", "< reply", "< reply"),
        new("query expires", "> echo id=9", "", "< reply id=9"),
        new("other protocol lives", "> proto 253", "< proto 253", "< proto 253"),
        new("other protocol expires", "> proto 47", "", "< proto 47"),
        new("SYN sent again") { Phases = ["> S 1000", "> S 1000", "< SA 5000 1001"], Linux = "restarts no timer", Ours = "restarts the timer", Why = "behaviour T08" },
        new("RST in the window, not at the next octet")
        {
            Phases = ["E; < R 5500", "", "> A 1001 5001"],
            Linux = "passes it and cuts the timer to that of a closed connection",
            Ours = "passes it, no timer is touched",
            Why = "behaviour E12, 3 \"Attacker shortens timers\"; the receiver's challenge decides (RFC 5961, 3.2)",
        },
    ];

    public string[] Phases { get; init; } = Phases;

    /// <summary>What each does, where they are meant to differ at the last packet.</summary>
    public string? Ours { get; init; }

    public string? Linux { get; init; }

    public string? Why { get; init; }
}
