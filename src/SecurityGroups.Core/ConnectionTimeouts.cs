using System.Runtime.CompilerServices;

namespace SecurityGroups;

/// <summary>
/// How long a connection of each kind may be idle before it expires. Every value is positive and below 24 days; in code, change single ones
/// with <c>ConnectionTimeouts.Default with { UdpStream = ... }</c>.
/// </summary>
/// <remarks>The presets, in seconds:
/// <code>
///                    Default   Linux     Aws    Rfc
/// TcpSynSent             120     120     120    240   RFC 5382 REQ-5 (transitory)
/// TcpSynReceived          60      60      60    240
/// TcpEstablished        7440  432000  432000   7440   RFC 5382 REQ-5, RFC 6092 REC-35
/// TcpFinWait             240     120     240    240
/// TcpCloseWait           240      60     240    240
/// TcpLastAck              30      30      30    240
/// TcpTimeWait            120     120     120    240   2 MSL
/// TcpClose                10      10      10     10
/// TcpStalled             300     300     300    300
/// UdpUnreplied            30      30      30    120   RFC 4787 REQ-5
/// UdpStream              180     120     180    300   RFC 4787 REQ-5, as advised
/// IcmpQuery               60      30      60     60   RFC 5508 REQ-1
/// SctpAndDccp            600     600     600    600
/// Other                  600     600     600    600
/// FragmentsIPv4           30      30      30     60   RFC 1122 3.3.2
/// FragmentsIPv6           60      60      60     60   RFC 8200 4.5
/// </code>
/// </remarks>
public sealed record ConnectionTimeouts
{
    private static readonly TimeSpan s_limit = TimeSpan.FromDays(24);

    /// <summary>RFC floors where they protect users, Linux values elsewhere.</summary>
    public static ConnectionTimeouts Default { get; } = new();

    /// <summary>As Linux tracks connections.</summary>
    public static ConnectionTimeouts Linux { get; } = new()
    {
        TcpEstablished = Seconds(432_000),
        TcpFinWait = Seconds(120),
        TcpCloseWait = Seconds(60),
        UdpStream = Seconds(120),
        IcmpQuery = Seconds(30),
    };

    /// <summary>As AWS documents for its security groups.</summary>
    public static ConnectionTimeouts Aws { get; } = new() { TcpEstablished = Seconds(432_000) };

    /// <summary>At least what the RFCs ask for.</summary>
    public static ConnectionTimeouts Rfc { get; } = new()
    {
        TcpSynSent = Seconds(240),
        TcpSynReceived = Seconds(240),
        TcpLastAck = Seconds(240),
        TcpTimeWait = Seconds(240),
        UdpUnreplied = Seconds(120),
        UdpStream = Seconds(300),
        FragmentsIPv4 = Seconds(60),
    };

    /// <summary>TCP: a SYN was seen; default 120 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not between 1 ms and 24 days; so for every member.</exception>
    public TimeSpan TcpSynSent { get; init => field = Checked(value); } = Seconds(120);

    /// <summary>TCP: SYN and SYN-ACK were seen; default 60 s.</summary>
    public TimeSpan TcpSynReceived { get; init => field = Checked(value); } = Seconds(60);

    /// <summary>TCP: established; default 7440 s (2 h 4 min).</summary>
    public TimeSpan TcpEstablished { get; init => field = Checked(value); } = Seconds(7440);

    /// <summary>TCP: one end sent FIN; default 240 s.</summary>
    public TimeSpan TcpFinWait { get; init => field = Checked(value); } = Seconds(240);

    /// <summary>TCP: the FIN was acknowledged, the other half is open; default 240 s.</summary>
    public TimeSpan TcpCloseWait { get; init => field = Checked(value); } = Seconds(240);

    /// <summary>TCP: both ends sent FIN; default 30 s.</summary>
    public TimeSpan TcpLastAck { get; init => field = Checked(value); } = Seconds(30);

    /// <summary>TCP: closed in good order; default 120 s.</summary>
    public TimeSpan TcpTimeWait { get; init => field = Checked(value); } = Seconds(120);

    /// <summary>TCP: reset; default 10 s.</summary>
    public TimeSpan TcpClose { get; init => field = Checked(value); } = Seconds(10);

    /// <summary>
    /// TCP, at most: data unacknowledged, window zero, data sent again three times, or picked up and never answered; default 300 s.
    /// </summary>
    public TimeSpan TcpStalled { get; init => field = Checked(value); } = Seconds(300);

    /// <summary>UDP and UDP-Lite: no more than one exchange; default 30 s.</summary>
    public TimeSpan UdpUnreplied { get; init => field = Checked(value); } = Seconds(30);

    /// <summary>UDP and UDP-Lite: answered, and still talking at least 2 s after the first packet; default 180 s.</summary>
    public TimeSpan UdpStream { get; init => field = Checked(value); } = Seconds(180);

    /// <summary>ICMP and ICMPv6 queries; default 60 s.</summary>
    public TimeSpan IcmpQuery { get; init => field = Checked(value); } = Seconds(60);

    /// <summary>SCTP and DCCP; default 600 s.</summary>
    public TimeSpan SctpAndDccp { get; init => field = Checked(value); } = Seconds(600);

    /// <summary>Every other protocol; default 600 s.</summary>
    public TimeSpan Other { get; init => field = Checked(value); } = Seconds(600);

    /// <summary>IPv4 fragments: how long a datagram may take from its first piece to its last, whatever comes between; default 30 s.</summary>
    public TimeSpan FragmentsIPv4 { get; init => field = Checked(value); } = Seconds(30);

    /// <summary>IPv6 fragments, likewise; default 60 s.</summary>
    public TimeSpan FragmentsIPv6 { get; init => field = Checked(value); } = Seconds(60);

    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan Checked(TimeSpan value, [CallerMemberName] string member = "")
    {
        if (value < TimeSpan.FromMilliseconds(1) || value >= s_limit)
        {
            throw new ArgumentOutOfRangeException(member, value, "An idle time is at least 1 ms and less than 24 days.");
        }

        return value;
    }
}
