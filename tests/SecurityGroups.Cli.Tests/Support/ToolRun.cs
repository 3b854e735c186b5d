using System.Text;
using System.Text.Json;
using SecurityGroups.Cli;

namespace SecurityGroups.Tests.Support;

/// <summary>One run of the tool inside the test process.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">All of standard output.</param>
/// <param name="Error">All of standard error.</param>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of an ndjson output.</summary>
    public IEnumerable<JsonElement> Objects => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));

    /// <summary>The judgements of an ndjson output in short: <c>1 web ingress allow matchedRule</c>.</summary>
    public IEnumerable<string> Judgements => Objects.Select(line => string.Join(
        ' ',
        ((string[])["packet", "nic", "direction", "verdict", "reason"]).Select(name => line.TryGetProperty(name, out JsonElement value) ? value.ToString() : null).OfType<string>()));

    public static async Task<ToolRun> RunAsync(byte[] input, params string[] arguments)
    {
        using MemoryStream output = new();
        using StringWriter error = new();
        ToolConsole console = new(new MemoryStream(input), output, error, OutputIsTerminal: false, ErrorIsTerminal: false);
        int exitCode = await Tool.RunAsync(arguments, console);
        return new ToolRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    public static Task<ToolRun> RunAsync(params string[] arguments) => RunAsync([], arguments);
}
