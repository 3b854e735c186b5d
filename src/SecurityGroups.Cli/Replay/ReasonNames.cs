namespace SecurityGroups.Cli.Replay;

/// <summary>Reasons as they are printed: camelCase, made once.</summary>
internal static class ReasonNames
{
    private static readonly string[] s_names =
        [.. Enum.GetNames<Reason>().Select(name => char.ToLowerInvariant(name[0]) + name[1..])];

    public static string Of(Reason reason) => s_names[(int)reason];
}
