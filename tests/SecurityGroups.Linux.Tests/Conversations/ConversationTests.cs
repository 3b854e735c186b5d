using System.Globalization;
using System.Net.Sockets;
using SecurityGroups.Linux.Tests.Conversations.Talks;
using SecurityGroups.Linux.Tests.Support;
using Xunit.Abstractions;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>
/// Real stacks talk across the library through bad networks: no packet of theirs is denied, none of an intruder counts, and every octet
/// arrives. <see cref="RunsVariable"/> makes the test at length as long as wanted, <see cref="FirstVariable"/> says where it begins, as several may
/// run side by side; the figures are in the output.
/// </summary>
public class ConversationTests(ITestOutputHelper output)
{
    private const string RunsVariable = "SECURITYGROUPS_CONVERSATION_RUNS";
    private const string FirstVariable = "SECURITYGROUPS_CONVERSATION_FIRST";
    private const int Megabyte = 1_000_000;

    [LinuxTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Conversations_ThroughABadNetwork_AreNeverDenied(int number)
    {
        Scenario scenario = Scenario.Number(number);
        Figures figures = await Run.TalkAsync(scenario, Talks(scenario, 3 * Megabyte));
        output.WriteLine($"{scenario}\n{figures}");
        Assert.True(figures["intruder NoMatchingRule"] > 0 && figures["intruder InvalidState"] > 0, "the intruder was there");
    }

    [LinuxTheory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task PathMtuDiscovery_BehindANarrowRouter_GetsItsErrorsThrough(AddressFamily family)
    {
        Scenario scenario = new(7, family, true, Placement.Between, Impairment.Mild, TcpStack.Modern, Asking.OneByOne) { HasNarrowRouter = true };
        Figures figures = await Run.TalkAsync(scenario, new BulkTalk(2, Megabyte), new ShortTalk(100, 8), new TrickleTalk(2, 20));
        output.WriteLine($"{scenario}\n{figures}");
        Assert.True(figures["Ingress Related"] > 0, "no packet was too big");
    }

    [LinuxFact]
    public async Task Conversations_AtLength_AreNeverDenied()
    {
        int runs = Number(RunsVariable, 1);
        int first = Number(FirstVariable, 100);
        Figures total = new();
        for (int i = 0; i < runs; i++)
        {
            Scenario scenario = Scenario.Number(first + i);
            total.Add(await Run.TalkAsync(scenario, Talks(scenario, (runs > 1 ? 20 : 3) * Megabyte)));
            output.WriteLine($"{i + 1}: {scenario}: {total.Packets:N0} packets so far");
        }

        output.WriteLine($"{runs} runs: {total}");
        Assert.True(total.Packets > 0);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static ITalk[] Talks(Scenario scenario, int bulkOctets) =>
    [
        new BulkTalk(2, bulkOctets), new ShortTalk(300, 16), new TrickleTalk(3, 60), new StallTalk(3, 300), new KeepAliveTalk(2500), new FastOpenTalk(20),
        new DatagramTalk(4, 50), new PingTalk(200), new ClosedPortTalk(10),
        .. scenario.InstanceInitiates ? [new SimultaneousOpenTalk(2)] : Array.Empty<ITalk>(),
    ];
}
