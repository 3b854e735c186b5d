using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Soak;

/// <summary>
/// Connections opened, used, revoked, allowed again, removed and expired by several threads while another reads what is told: every start has one end, in
/// this order, and every packet that passed is in the counters of one connection.
/// </summary>
public sealed class EventSoakTests
{
    private const int Ports = 64;
    private const int Disturbances = 400;

    [Theory, Families]
    public async Task Events_OfManyThreads_AddUp(Ethertype family)
    {
        Ends e = Ends.For(family);
        ManualTimeProvider clock = new();
        FirewallOptions options = Given.With(tracking => tracking with { MaxConnections = 2 * Ports, CountTraffic = true }) with
        {
            TimeProvider = clock,
            Events = new FirewallEventOptions { Capacity = 131_072, Denials = false },
        };
        using Firewall firewall = new(Given.P0, options);
        byte[][] requests = [.. Enumerable.Range(1, Ports).Select(port => e.Out.Udp(port, 53).Build())];
        byte[][] replies = [.. Enumerable.Range(1, Ports).Select(port => e.In.Udp(53, port).Build())];
        long allowed = 0;
        long sent = 0;
        bool isOver = false;
        void Send(Direction direction, byte[][] packets)
        {
            NicFilter nic = firewall[Given.W];
            for (int i = 0; !Volatile.Read(ref isOver); i++)
            {
                Interlocked.Add(ref allowed, nic.Filter(direction, packets[i * 7 % Ports]).IsAllowed ? 1 : 0);
                Interlocked.Increment(ref sent);
            }
        }

        EventLedger ledger = new();
        Task[] senders = [Task.Run(() => Send(Direction.Egress, requests)), Task.Run(() => Send(Direction.Egress, requests)), Task.Run(() => Send(Direction.Ingress, replies))];
        Task disturber = Task.Run(() => Disturb(firewall, clock, () => Volatile.Read(ref sent)));
        while (!disturber.IsCompleted)
        {
            while (firewall.Events.TryRead(out FirewallEvent told))
            {
                ledger.Note(told);
            }
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll([.. senders, disturber]);
        Assert.Equal(allowed, ledger.CloseConnections(firewall));
        Assert.Equal(1, ledger.MostOpen);
        Assert.True(ledger.Ended > Disturbances);
        Assert.Null(firewall.Tracker.Table.FindDamage());
    }

    // Some packets flow between any two disturbances.
    private static void Disturb(Firewall firewall, ManualTimeProvider clock, Func<long> sent)
    {
        for (int i = 0; i < Disturbances; i++)
        {
            for (long before = sent(); sent() < before + Ports;)
            {
                Thread.Yield();
            }

            switch (i % 4)
            {
                case 0:
                    firewall.Update(policy => policy.SetRules("web", i % 16 < 8 ? [] : [Given.EgressAll]));
                    break;
                case 1:
                    firewall.RemoveConnections(new ConnectionFilter { LocalPorts = new PortRange(1 + (i % Ports)), IsRevoked = i % 3 == 0 });
                    break;
                case 2:
                    clock.Advance(10);
                    break;
                default:
                    firewall.ExpireConnections(16);
                    break;
            }
        }
    }
}
