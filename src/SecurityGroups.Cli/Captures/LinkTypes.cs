namespace SecurityGroups.Cli.Captures;

/// <summary>The LINKTYPE numbers of tcpdump.org that the tool reads.</summary>
internal static class LinkTypes
{
    public const int Ethernet = 1;

    /// <summary>DLT_RAW as some systems write it into files.</summary>
    public const int RawBsd = 12;

    /// <summary>DLT_RAW as OpenBSD writes it into files.</summary>
    public const int RawOpenBsd = 14;

    public const int Raw = 101;

    public const int LinuxCooked = 113;

    public const int IPv4 = 228;

    public const int IPv6 = 229;

    public const int LinuxCooked2 = 276;

    public const string Supported = "Ethernet (1), raw IP (12, 14, 101, 228, 229) and Linux cooked (113, 276)";

    public static bool IsCooked(int linkType) => linkType is LinuxCooked or LinuxCooked2;
}
