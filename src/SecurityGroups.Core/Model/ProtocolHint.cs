using System.Collections.Frozen;

namespace SecurityGroups;

/// <summary>Hints for what people write in the place of a protocol: services, ports, and the words of other clouds.</summary>
internal static class ProtocolHint
{
    private static readonly FrozenDictionary<string, string> s_words = new Dictionary<string, string>
    {
        ["http"] = Service("tcp", 80),
        ["https"] = Service("tcp", 443),
        ["ssh"] = Service("tcp", 22),
        ["ftp"] = Service("tcp", 21),
        ["telnet"] = Service("tcp", 23),
        ["smtp"] = Service("tcp", 25),
        ["dns"] = "write protocol udp with portRange 53-53, and a second rule for tcp",
        ["ntp"] = Service("udp", 123),
        ["snmp"] = Service("udp", 161),
        ["ldap"] = Service("tcp", 389),
        ["rdp"] = Service("tcp", 3389),
        ["mysql"] = Service("tcp", 3306),
        ["postgres"] = Service("tcp", 5432),
        ["postgresql"] = Service("tcp", 5432),
        ["tcp/udp"] = "write two rules, one for tcp and one for udp",
        ["ping"] = "write protocol icmp with icmpParameters type 8",
        ["icmp6"] = "write protocol ipv6-icmp",
        ["all"] = "write protocol any, or leave it out",
        ["*"] = "write protocol any, or leave it out",
        ["-1"] = "write protocol any, or leave it out",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Numbers that are well-known ports and, as protocols, long obsolete.</summary>
    private static readonly FrozenSet<int> s_portsNotProtocols = [20, 21, 22, 23, 25, 53, 80, 110, 123];

    /// <summary>The end of the sentence "'x' is not a protocol".</summary>
    public static string For(string written) =>
        s_words.TryGetValue(written, out string? hint) ? $"; {hint}." : Suggestion.For(written, IpProtocol.Names);

    /// <summary>Whether a protocol number without ports looks like a port in the wrong place.</summary>
    public static bool LooksLikePort(int number) => s_portsNotProtocols.Contains(number);

    private static string Service(string protocol, int port) => $"write protocol {protocol} with portRange {port}-{port}";
}
