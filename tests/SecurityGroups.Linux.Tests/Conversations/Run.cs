using SecurityGroups.Linux.Tests.Conversations.Talks;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>Holds talks across a crossing, all at once, and judges what the library said about their packets.</summary>
internal static class Run
{
    private const int LongestSeconds = 300;

    // Long enough for what is on its way, late duplicates too, to arrive and be answered.
    private const int AftermathMilliseconds = 400;

    /// <summary>The figures of a run in which all was as it should be.</summary>
    public static async Task<Figures> TalkAsync(Scenario scenario, params ITalk[] talks)
    {
        using Crossing crossing = new(scenario);
        using CancellationTokenSource tooLong = new(TimeSpan.FromSeconds(LongestSeconds));
        List<string> failures = [.. (await Task.WhenAll(talks.Select(talk => TryHoldAsync(talk, crossing, scenario.Seed, tooLong.Token)))).OfType<string>()];
        await Task.Delay(AftermathMilliseconds);
        crossing.Stop();
        if (crossing.Trace.FailureCount > 0 || failures.Count > 0)
        {
            Fail(scenario, crossing, failures);
        }

        return crossing.Trace.Figures;
    }

    private static async Task<string?> TryHoldAsync(ITalk talk, Crossing crossing, int seed, CancellationToken cancellation)
    {
        try
        {
            await talk.HoldAsync(crossing.Initiator, crossing.Responder, seed, cancellation);
            return null;
        }
        catch (Exception exception)
        {
            return $"{talk.GetType().Name}: {exception}";
        }
    }

    private static void Fail(Scenario scenario, Crossing crossing, List<string> failures)
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"conversation-{scenario.Seed}.pcap");
        crossing.Trace.Save(path);
        Assert.Fail($"{scenario}\n{string.Join('\n', failures)}\n{crossing.Trace.DescribeFailures()}\n{crossing.Trace.Figures}\nThe last packets: {path}");
    }
}
