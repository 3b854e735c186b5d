using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Soak;

/// <summary>The two directions of a connection on two threads (behaviour U11 and E19): one entry, no false deny, no torn state.</summary>
public sealed class ConcurrentConnectionSoakTests
{
    private const int Flows = 3_000;
    private const int Rounds = 60_000;

    private static readonly FirewallOptions s_options = Given.With(tracking => tracking with { MaxConnections = 4 * Flows });

    [Theory, Families]
    public async Task U11_SameFlowFromBothSidesAtOnce_IsOneConnection(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(Given.Web(Given.IngressAll, Given.EgressAll), s_options);
        await AtOnce(
            () => FilterAll(firewall, Direction.Egress, port => e.Out.Udp(port, 53)),
            () => FilterAll(firewall, Direction.Ingress, port => e.In.Udp(53, port)));
        Assert.Equal(Flows, firewall.GetConnections().Count());
        Assert.Null(firewall.Tracker.Table.FindDamage());
    }

    [Theory, Families]
    public async Task E19_AcknowledgmentsAndDataAtOnce_AreNeverDenied(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(Given.P0, s_options);
        NicFilter nic = firewall[Given.W];
        Assert.True(nic.Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Syn, 1000, options: [3, 3, 7])).IsAllowed);
        Assert.True(nic.Filter(Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001, options: [3, 3, 7])).IsAllowed);
        Assert.True(nic.Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1001, 5001)).IsAllowed);

        // X sends only what W acknowledged room for, W acknowledges only what the filter has let in.
        uint sent = 5001;
        await AtOnce(
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    Expect(nic.Filter(Direction.Ingress, e.In.Tcp(443, 40_000, TcpFlags.Ack | TcpFlags.Psh, sent, 1001).PayloadOfLength(10)));
                    Volatile.Write(ref sent, sent + 10);
                }
            },
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    Expect(nic.Filter(Direction.Egress, e.Out.Tcp(40_000, 443, TcpFlags.Ack, 1001, Volatile.Read(ref sent))));
                }
            });
        Assert.Null(firewall.Tracker.Table.FindDamage());
    }

    private static void FilterAll(Firewall firewall, Direction direction, Func<int, PacketBuilder> packet)
    {
        for (int port = 1024; port < 1024 + Flows; port++)
        {
            Expect(firewall[Given.W].Filter(direction, packet(port)));
        }
    }

    private static void Expect(Decision decision) => Assert.True(decision.IsAllowed, decision.ToString());

    private static async Task AtOnce(params Action[] actions)
    {
        using Barrier barrier = new(actions.Length);
        await Task.WhenAll(actions.Select(action => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                action();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }
}
