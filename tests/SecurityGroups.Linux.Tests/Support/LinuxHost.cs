namespace SecurityGroups.Linux.Tests.Support;

/// <summary>Whether this machine lets a test make network namespaces, TUN devices and packet filters; asked once.</summary>
internal static class LinuxHost
{
    private static readonly string[] s_tools = ["ip", "nft", "conntrack"];
    private static readonly Lazy<string?> s_missing = new(FindMissing);

    /// <summary>What is missing, as the reason to skip a test; null when all is there.</summary>
    public static string? Missing => s_missing.Value;

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "needs Linux";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root, for network namespaces and TUN devices";
        }

        if (Array.Find(s_tools, tool => !IsOnPath(tool)) is { } absent)
        {
            return $"needs the command '{absent}' (packages iproute2, nftables, conntrack)";
        }

        return File.Exists("/dev/net/tun") ? TryOut() : "needs /dev/net/tun";
    }

    private static bool IsOnPath(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin").Any(folder => File.Exists(Path.Combine(folder, tool)));

    // Root in a container may still lack the capability, and a small kernel may lack connection tracking.
    private static string? TryOut()
    {
        try
        {
            using NetworkNamespace space = NetworkNamespace.Create();
            using TunDevice device = TunDevice.Open(space, "probe", isEthernet: false);
            space.RunInput("table inet probe { chain c { type filter hook forward priority 0; ct state invalid drop\n}\n}", "nft", "-f", "-");
            return null;
        }
        catch (Exception exception) when (exception is ShellException or IOException)
        {
            return $"needs network namespaces, TUN devices and nftables: {exception.Message}";
        }
    }
}
