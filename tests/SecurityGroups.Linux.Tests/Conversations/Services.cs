namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>The ports that the talks use, one each, so that a packet tells which talk it belongs to.</summary>
internal static class Services
{
    public const int First = 7000;
    public const int Last = 7099;

    public const int Bulk = 7000;
    public const int Short = 7001;
    public const int Trickle = 7002;
    public const int Stall = 7003;
    public const int FastOpen = 7004;
    public const int KeepAlive = 7005;
    public const int Datagrams = 7006;
    public const int SimultaneousOpen = 7007;

    /// <summary>Nobody listens.</summary>
    public const int Closed = 7008;

    private static readonly string[] s_names =
        ["bulk", "short", "trickle", "stall", "fast open", "keep-alive", "datagrams", "simultaneous open", "closed port"];

    public static string? NameOf(int port) => port >= First && port - First < s_names.Length ? s_names[port - First] : null;
}
