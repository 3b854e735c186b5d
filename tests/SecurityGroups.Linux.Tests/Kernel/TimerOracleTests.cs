using System.Diagnostics;
using SecurityGroups.Linux.Tests.Support;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// Idle times against the kernel's own timers. The kernel cannot be given a clock, so these stories take seconds of real time, all of them
/// together; the library's clock is set to what has really passed.
/// </summary>
public sealed class TimerOracleTests
{
    private const int FirstPort = 41_000;
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(4);

    private static readonly string[] s_settings =
    [
        .. from name in new[] { "syn_sent", "syn_recv", "fin_wait", "close_wait", "last_ack", "time_wait", "close", "max_retrans", "unacknowledged" }
           select $"net.netfilter.nf_conntrack_tcp_timeout_{name}=2",
        "net.netfilter.nf_conntrack_tcp_timeout_established=4", "net.netfilter.nf_conntrack_udp_timeout=2", "net.netfilter.nf_conntrack_udp_timeout_stream=4",
        "net.netfilter.nf_conntrack_icmp_timeout=2", "net.netfilter.nf_conntrack_icmpv6_timeout=2", "net.netfilter.nf_conntrack_generic_timeout=2",
        "net.netfilter.nf_conntrack_gre_timeout=2",
    ];

    private static readonly ConnectionTimeouts s_timeouts = new()
    {
        TcpSynSent = s_short,
        TcpSynReceived = s_short,
        TcpEstablished = s_long,
        TcpFinWait = s_short,
        TcpCloseWait = s_short,
        TcpLastAck = s_short,
        TcpTimeWait = s_short,
        TcpClose = s_short,
        TcpStalled = s_short,
        UdpUnreplied = s_short,
        UdpStream = s_long,
        IcmpQuery = s_short,
        Other = s_short,
    };

    [LinuxFact]
    public void Timers_ExpireAsTheKernels()
    {
        using KernelFilter kernel = new();
        kernel.Set(s_settings);
        ManualTimeProvider clock = new();
        FirewallOptions options = With(tracking => tracking with { Timeouts = s_timeouts }) with { TimeProvider = clock };
        using Firewall firewall = new(P0, options);
        kernel.Load(P0, W, options);
        List<string> wrong = [];
        Stopwatch watch = Stopwatch.StartNew();
        for (int phase = 0; phase < TimerStory.Times.Length; phase++)
        {
            TimeSpan wait = TimerStory.Times[phase] - watch.Elapsed;
            Thread.Sleep(wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
            for (int i = 0; i < TimerStory.All.Count * 2; i++)
            {
                Tell(TimerStory.All[i / 2], phase, Ends.For((Ethertype)(i % 2)), FirstPort + i);
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));

        void Tell(TimerStory story, int phase, Ends ends, int port)
        {
            bool isLast = phase == story.Phases.Length - 1;
            foreach (Crossing crossing in phase < story.Phases.Length ? Witness.Crossings(P0, ends, story.Phases[phase], port, 443) : [])
            {
                clock.Advance((watch.Elapsed - clock.Elapsed).TotalSeconds);
                Decision decision = firewall[W].Filter(crossing.Direction, crossing.Packet);
                bool isSame = kernel.Forwards(crossing) == decision.IsAllowed;
                if (isSame != (!isLast || story.Why is null))
                {
                    wrong.Add($"{story.Name}, {ends.Ethertype}, at {clock.Elapsed}: {crossing}: library {decision}, kernel {(isSame ? "the same" : "otherwise")}");
                }
            }
        }
    }
}
