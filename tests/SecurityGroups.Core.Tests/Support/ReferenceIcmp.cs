namespace SecurityGroups.Tests.Support;

/// <summary>Which ICMP types ask, answer and complain.</summary>
internal static class ReferenceIcmp
{
    private static readonly (int Request, int Reply)[] s_queriesIPv4 = [(8, 0), (13, 14), (15, 16), (17, 18)];
    private static readonly (int Request, int Reply)[] s_queriesIPv6 = [(128, 129), (139, 140)];

    public static bool IsError(Ethertype family, byte protocol, byte type) => family == Ethertype.IPv4
        ? protocol == 1 && type is 3 or 4 or 5 or 11 or 12
        : protocol == 58 && type is >= 1 and <= 4;

    public static bool IsRequest(Ethertype family, byte type) => Queries(family).Any(query => query.Request == type);

    public static bool IsReply(Ethertype family, byte type) => Queries(family).Any(query => query.Reply == type);

    /// <summary>The request type of a request or reply.</summary>
    public static byte RequestOf(Ethertype family, byte type) => (byte)Queries(family).First(query => query.Request == type || query.Reply == type).Request;

    private static (int Request, int Reply)[] Queries(Ethertype family) => family == Ethertype.IPv4 ? s_queriesIPv4 : s_queriesIPv6;
}
