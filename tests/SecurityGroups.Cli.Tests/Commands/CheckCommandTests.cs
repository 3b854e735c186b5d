using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_GoodPolicy_PrintsASummary()
    {
        string policy = _folder.Write(
            "policy.json",
            """
            { "securityGroups": [ { "id": "web", "rules": [ { "direction": "egress" }, { "direction": "ingress", "protocol": "tcp", "portRange": { "min": 443, "max": 443 } } ] } ],
              "addressGroups": [ { "id": "office", "addresses": ["203.0.113.0/24"] } ],
              "nics": [ { "id": "web-1", "ipv4": "10.0.0.10", "securityGroups": ["web"] } ] }
            """);

        ToolRun run = await ToolRun.RunAsync("check", policy);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"{policy}: good\n  1 security group, 2 rules\n  1 address group, 1 prefix\n  1 NIC\n", run.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Check_SeveralErrors_PrintsEachWithFileAndPath()
    {
        string policy = _folder.Write(
            "policy.json",
            """
            { "securityGroups": [ { "id": "web", "rules": [ { "direction": "sideways" }, { "direction": "ingress", "protocol": "tcp", "portrange": { "min": 1, "max": 2 } } ] } ],
              "nics": [ { "id": "web-1", "securityGroups": ["db"] } ] }
            """);

        ToolRun run = await ToolRun.RunAsync("check", policy);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 3, run.Error);
        Assert.All(lines, line => Assert.StartsWith($"{policy}: ", line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("securityGroups[0].rules[0].direction: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("securityGroups[0].rules[1].portrange: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("nics[0]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_PolicyWithAWarning_PrintsItAndExitsWithZero()
    {
        // ICMP errors pass a stateful NIC only as related: this rule does nothing.
        string policy = _folder.Write(
            "policy.json",
            """
            { "securityGroups": [ { "id": "web", "rules": [ { "direction": "ingress", "protocol": "icmp", "icmpParameters": { "type": 3 } } ] } ],
              "nics": [ { "id": "web-1", "ipv4": "10.0.0.10", "securityGroups": ["web"] } ] }
            """);

        ToolRun run = await ToolRun.RunAsync("check", policy);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"{policy}: warning: securityGroups[0].rules[0]", run.Error, StringComparison.Ordinal);
        Assert.Contains("good, with 1 warning", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NoFileOrNoJson_IsOneSentence()
    {
        ToolRun missing = await ToolRun.RunAsync("check", _folder["nothing.json"]);
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith($"{_folder["nothing.json"]}: cannot be read: ", missing.Error, StringComparison.Ordinal);
        Assert.Single(missing.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        ToolRun garbage = await ToolRun.RunAsync("check", _folder.Write("garbage.json", "{ nics: }"));
        Assert.Equal(1, garbage.ExitCode);
        Assert.Contains("json.syntax", garbage.Error, StringComparison.Ordinal);
    }
}
