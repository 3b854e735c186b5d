using System.Text.Json;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Commands;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _policy;

    public ExplainCommandTests() => _policy = _folder.Write("policy.json", SmallCapture.Policy);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Explain_AllowedConnection_NamesItsRule()
    {
        ToolRun run = await ExplainAsync("--nic web-1 --direction ingress --protocol tcp --remote 203.0.113.7 --port 443");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """
            tcp 203.0.113.7:49152 -> 10.0.0.10:443, ingress at web-1
            allow: matchedRule (decided by the rules)
            matching rules:
              web/r1: ingress IPv4 tcp 443 from any
            near misses: none

            """,
            run.Output);
    }

    [Fact]
    public async Task Explain_DeniedConnection_NamesTheNearMissAsJson()
    {
        ToolRun run = await ExplainAsync("--nic web-1 --direction ingress --protocol tcp --remote 203.0.113.7 --remote-port 5000 --port 22 --format json");
        Assert.Equal(0, run.ExitCode);
        JsonElement root = JsonElement.Parse(run.Output);
        Assert.Equal("deny", root.GetProperty("verdict").GetString());
        Assert.Equal("noMatchingRule", root.GetProperty("reason").GetString());
        Assert.Equal("tcp 203.0.113.7:5000 -> 10.0.0.10:22", root.GetProperty("packet").GetString());
        Assert.Empty(root.GetProperty("matchedRules").EnumerateArray());
        JsonElement miss = Assert.Single(root.GetProperty("nearMisses").EnumerateArray());
        Assert.Equal(("r1", "web", "port"), (miss.GetProperty("rule").GetString(), miss.GetProperty("group").GetString(), miss.GetProperty("butFor").GetString()));
    }

    [Theory]
    [InlineData("--nic web-1 --direction ingress --protocol tcp --remote 203.0.113.7 --port 443", 0)]
    [InlineData("--nic web-1 --direction ingress --protocol tcp --remote 203.0.113.7 --port 22", 3)]
    [InlineData("--nic web-1 --direction ingress --protocol icmp --remote 203.0.113.7", 3)]
    [InlineData("--nic web-1 --direction egress --protocol tcp --remote 10.0.0.20 --remote-port 3306", 0)]
    [InlineData("--nic web-1 --direction egress --protocol tcp --remote 10.0.0.20 --port 3306 --local 10.0.0.11", 3)]
    [InlineData("--nic db-1 --direction ingress --protocol 6 --remote 10.0.0.10 --source-port 9 --port 3306", 0)]
    public async Task Explain_ExitCode_TellsTheVerdict(string options, int exitCode) =>
        Assert.Equal(exitCode, (await ExplainAsync(options + " --exit-code")).ExitCode);

    [Theory]
    [InlineData("--nic web-1 --direction ingress --protocol tcp --remote 203.0.113.7", "--port")]
    [InlineData("--nic web-1 --direction sideways --protocol tcp --remote 203.0.113.7 --port 1", "sideways")]
    [InlineData("--nic web-1 --protocol tcp --remote 203.0.113.7 --port 1", "--direction")]
    [InlineData("--nic web-1 --direction ingress --protocol any --remote 203.0.113.7", "'any'")]
    [InlineData("--nic web-1 --direction ingress --protocol http --remote 203.0.113.7", "'http'")]
    [InlineData("--nic web-1 --direction ingress --protocol tcp --remote 010.0.0.1 --port 1", "'010.0.0.1'")]
    [InlineData("--nic web-1 --direction ingress --protocol tcp --remote 203.0.113.7 --local ::1 --port 1", "'::1'")]
    [InlineData("--nic web-1 --direction ingress --protocol tcp --remote 203.0.113.7 --port 65536", "65536")]
    [InlineData("--nic web-1 --direction ingress --protocol gre --remote 203.0.113.7 --port 1", "gre")]
    [InlineData("--nic web-1 --direction ingress --protocol udp --remote 203.0.113.7 --port 1 --icmp-type 8", "--icmp-type")]
    [InlineData("--nic web-1 --direction ingress --protocol ipv6-icmp --remote 203.0.113.7", "IPv6")]
    [InlineData("--nic web-1 --direction ingress --protocol udp --remote 203.0.113.7 --port 1 --source-port 2 --remote-port 3", "--source-port")]
    [InlineData("--nic web-1 --direction egress --protocol udp --remote 203.0.113.7 --port 1 --remote-port 3", "--port")]
    public async Task Explain_WrongUsage_ExitsWithTwoAndSaysWhy(string options, string named)
    {
        ToolRun run = await ExplainAsync(options);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("--nic web-9 --direction ingress --protocol tcp --remote 203.0.113.7 --port 1", "there is no NIC 'web-9'")]
    [InlineData("--nic web-1 --direction ingress --protocol tcp --remote 2001:db8::7 --port 1", "NIC 'web-1' states no IPv6 address; give one with --local.")]
    public async Task Explain_BadInput_IsOneSentence(string options, string sentence)
    {
        ToolRun run = await ExplainAsync(options);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"{_policy}: {sentence}", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private Task<ToolRun> ExplainAsync(string options) => ToolRun.RunAsync(["explain", "--policy", _policy, .. options.Split(' ')]);
}
