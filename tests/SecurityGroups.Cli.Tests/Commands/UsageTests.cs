using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Commands;

public sealed class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("frobnicate")]
    [InlineData("replay")]
    [InlineData("replay capture.pcap")]
    [InlineData("replay --policy p")]
    [InlineData("replay --policy p c --format xml")]
    [InlineData("replay --policy p c --pickup sometimes")]
    [InlineData("replay --policy p c --established forget")]
    [InlineData("replay --policy p c --timeouts windows")]
    [InlineData("replay --policy p c --max-connections 0")]
    [InlineData("replay --policy p c --max-connections 16777217")]
    [InlineData("replay --policy p c --max-connections many")]
    [InlineData("replay --policy p c --update q")]
    [InlineData("replay --policy p c --update 0=q")]
    [InlineData("replay --policy p c --update 3=")]
    [InlineData("replay --policy p c --update =q")]
    [InlineData("replay --policy p c --update -1=q")]
    [InlineData("replay --policy p c --nic")]
    [InlineData("replay --policy p c d")]
    [InlineData("replay --policy p c --unknown")]
    [InlineData("replay --policy p c --write-allowed c")]
    [InlineData("replay --policy p c --write-allowed a --write-denied ./a")]
    [InlineData("replay --policy p c --update 3=q --write-denied q")]
    [InlineData("check")]
    [InlineData("check a b")]
    public async Task Tool_WrongUsage_ExitsWithTwoAndSaysWhy(string arguments)
    {
        ToolRun run = await ToolRun.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Error);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("replay --help")]
    [InlineData("check --help")]
    [InlineData("--version")]
    public async Task Tool_AskedForHelp_PrintsItAndExitsWithZero(string arguments)
    {
        ToolRun run = await ToolRun.RunAsync(arguments.Split(' '));
        Assert.Equal(0, run.ExitCode);
        Assert.NotEmpty(run.Output);
        Assert.Empty(run.Error);
    }
}
