using System.CommandLine;
using System.CommandLine.Invocation;
using SecurityGroups.Cli.Commands;

namespace SecurityGroups.Cli;

/// <summary>The whole tool: arguments and streams in, exit code out.</summary>
internal static class Tool
{
    public static async Task<int> RunAsync(string[] arguments, ToolConsole console, CancellationToken cancellationToken = default)
    {
        RootCommand root = new("Judges packets by cloud security groups.")
        {
            ReplayCommand.Create(console),
            CheckCommand.Create(console),
            ExplainCommand.Create(console),
        };

        // A capture may be named '@file': no response files.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool isUsageError = parsed.Errors.Count > 0;
        using TextWriter output = console.OpenText();
        InvocationConfiguration invocation = new()
        {
            // The help that follows a usage error is part of the error.
            Output = isUsageError ? console.Error : output,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
        };
        if (parsed.Action is ParseErrorAction usage)
        {
            usage.ShowHelp = true;
        }

        int exitCode = await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        return isUsageError ? ExitCode.Usage : exitCode;
    }
}
