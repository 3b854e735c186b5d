using System.Collections.Immutable;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>Kernel settings that change what TCP segments look like.</summary>
internal sealed record TcpStack(string Name, params string[] Settings)
{
    /// <summary>As Linux comes: window scaling, SACK, timestamps.</summary>
    public static TcpStack Modern { get; } = new("modern", "net.ipv4.tcp_congestion_control=reno");

    /// <summary>Large windows and a sender that loss does not slow down.</summary>
    public static TcpStack Fast { get; } = new(
        "fast", "net.ipv4.tcp_congestion_control=bbr", "net.ipv4.tcp_rmem=4096 1048576 16777216", "net.ipv4.tcp_wmem=4096 1048576 16777216");

    /// <summary>As in 1990: no window scaling, no SACK, no timestamps.</summary>
    public static TcpStack Plain { get; } = new(
        "plain", "net.ipv4.tcp_congestion_control=reno", "net.ipv4.tcp_window_scaling=0", "net.ipv4.tcp_sack=0", "net.ipv4.tcp_timestamps=0");

    /// <summary>SACK without timestamps, which leave room for a fourth block.</summary>
    public static TcpStack Sack { get; } = new("sack", "net.ipv4.tcp_congestion_control=reno", "net.ipv4.tcp_timestamps=0");

    /// <summary>Explicit congestion notification (RFC 3168): flags on SYNs.</summary>
    public static TcpStack Ecn { get; } = new("ecn", "net.ipv4.tcp_congestion_control=reno", "net.ipv4.tcp_ecn=1");

    public static ImmutableArray<TcpStack> All { get; } = [Fast, Plain, Modern, Ecn, Sack];

    public override string ToString() => Name;
}
