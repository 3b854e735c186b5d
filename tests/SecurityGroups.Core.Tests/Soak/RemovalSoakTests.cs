using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Soak;

/// <summary>Connections removed and listed by filters while packets open and use them.</summary>
public sealed class RemovalSoakTests
{
    private const int Rounds = 40;
    private const int Ports = 500;

    [Theory, Families]
    public async Task Remove_WhilePacketsFlow_LeavesTheTableWhole(Ethertype family)
    {
        Ends e = Ends.For(family);
        using Firewall firewall = new(Given.Web(Given.EgressAll), Given.With(tracking => tracking with { MaxConnections = 2 * Ports }));
        NicFilter nic = firewall[Given.W];
        byte[][] packets = [.. Enumerable.Range(1, Ports).Select(port => e.Out.Udp(port, 53).Build())];
        int denied = 0;
        int removed = 0;
        Task Send() => Task.Run(() =>
        {
            for (int i = 0; i < Rounds * Ports || Volatile.Read(ref removed) < Ports; i++)
            {
                if (!nic.Filter(Direction.Egress, packets[i % Ports]).IsAllowed)
                {
                    Interlocked.Increment(ref denied);
                }
            }
        });
        Task senders = Task.WhenAll(Send(), Send());
        for (int i = 0; !senders.IsCompleted; i++)
        {
            ConnectionFilter filter = new() { LocalPorts = new PortRange(1 + (i % Ports), Ports) };
            Assert.All(nic.GetConnections(filter), connection => Assert.InRange(connection.LocalPort, filter.LocalPorts.Min, Ports));
            Volatile.Write(ref removed, removed + firewall.RemoveConnections(filter));
        }

        await senders;
        Assert.Equal(0, denied);
        Assert.Null(firewall.Tracker.Table.FindDamage());
        Assert.InRange(firewall.RemoveConnections(ConnectionFilter.All), 0, Ports);
        Assert.Equal(0, firewall.GetStatistics().Connections);
        Assert.Null(firewall.Tracker.Table.FindDamage());
    }
}
