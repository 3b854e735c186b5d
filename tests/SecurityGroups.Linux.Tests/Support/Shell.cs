using System.Diagnostics;

namespace SecurityGroups.Linux.Tests.Support;

/// <summary>Runs a command to its end, without a shell between; what it wrote to its output is the result.</summary>
internal static class Shell
{
    public static string Run(params string[] command) => RunInput("", command);

    /// <summary>With text on its standard input.</summary>
    /// <exception cref="ShellException">Its status is not 0.</exception>
    public static string RunInput(string input, params string[] command)
    {
        using Process process = Start(command);
        // Read while writing: a pipe that is full in both directions would never end.
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result
            : throw new ShellException($"'{string.Join(' ', command)}' ended with {process.ExitCode}: {error.Result.Trim()}");
    }

    /// <summary>Starts a command that the caller ends; its three streams are pipes.</summary>
    public static Process Start(params string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
