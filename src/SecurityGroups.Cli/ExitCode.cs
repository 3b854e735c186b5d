namespace SecurityGroups.Cli;

/// <summary>What the tool ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Bad policy, bad capture, missing NIC: the input.</summary>
    public const int BadInput = 1;

    /// <summary>Bad options: the command line.</summary>
    public const int Usage = 2;

    /// <summary>Only <c>explain --exit-code</c>: the verdict is not allow.</summary>
    public const int Denied = 3;
}
