using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using static SecurityGroups.SecurityGroupRule;

namespace SecurityGroups.Tests.Soak;

/// <summary>
/// Readers on every core while the policy changes thousands of times (P13, S42). No verdict may come from neither policy, nothing may be
/// let through that neither allows, and the connection table must be whole afterwards.
/// </summary>
public sealed class PolicyChangeSoakTests
{
    private const int Changes = 5_000;

    /// <summary>Two policies: one lets in tcp 80 and udp 80, the other tcp 443 and udp 443; both tcp 22; neither anything else.</summary>
    private static readonly Policy[] s_policies = [.. new[] { 80, 443 }.Select(port => Given.Web(
        Ingress(IpProtocol.Tcp, port, Remote.Any), Ingress(IpProtocol.Udp, port, Remote.Any), Ingress(IpProtocol.Tcp, 22, Remote.Any)))];

    [Fact]
    public async Task P13_Filter_WhileThePolicyChanges_GivesTheOldOrTheNewVerdict()
    {
        using Firewall firewall = new(s_policies[0], Given.With(tracking => tracking with { MaxConnections = 4096 }));
        using CancellationTokenSource done = new();
        int readers = Math.Max(4, Environment.ProcessorCount);
        Task<long>[] tasks = [.. Enumerable.Range(0, readers).Select(reader => Task.Factory.StartNew(
            () => Read(firewall, reader, done.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        for (int change = 1; change <= Changes; change++)
        {
            Policy next = s_policies[change % 2];
            firewall.Update(_ => next);
        }

        await done.CancelAsync();
        long[] packets = await Task.WhenAll(tasks);
        NicStatistics statistics = firewall[Given.W].GetStatistics();
        Assert.Equal(Changes + 1, firewall.Generation);
        Assert.DoesNotContain(0, packets);
        Assert.Equal(packets.Sum(), statistics.Allowed + statistics.Denied);
        Assert.Null(firewall.Tracker.Table.FindDamage());
    }

    private static long Read(Firewall firewall, int reader, CancellationToken done)
    {
        NicFilter nic = firewall[Given.W];
        Random random = new(reader);
        Decision[] decisions = new Decision[8];
        ReadOnlyMemory<byte>[] burst = new ReadOnlyMemory<byte>[8];
        (byte[] Packet, Direction Direction, Reason[] Allowed)[] samples = [.. Samples(reader)];
        long packets = 0;
        do
        {
            (byte[] packet, Direction direction, Reason[] possible) = samples[random.Next(samples.Length)];
            Expect(possible, nic.Filter(direction, packet));
            Array.Fill(burst, packet);
            nic.Filter(direction, burst, decisions);
            Array.ForEach(decisions, decision => Expect(possible, decision));
            packets += 9;
        }
        while (!done.IsCancellationRequested);

        return packets;
    }

    private static void Expect(Reason[] possible, Decision decision) =>
        Assert.True(Array.IndexOf(possible, decision.Reason) >= 0, $"{decision} is neither the old nor the new verdict");

    /// <summary>Packets of ports of their own reader, with every reason that one of the two policies can give.</summary>
    private static IEnumerable<(byte[] Packet, Direction Direction, Reason[] Possible)> Samples(int reader)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            int port = 10_000 + reader;
            yield return (e.In.Tcp(port, 23), Direction.Ingress, [Reason.NoMatchingRule]);
            yield return (e.In.Udp(port, 22), Direction.Ingress, [Reason.NoMatchingRule]);
            yield return (e.Out.Udp(port, 53), Direction.Egress, [Reason.NoMatchingRule]);
            yield return (e.In.Tcp(port, 23, TcpFlags.Ack), Direction.Ingress, [Reason.NotSyn]);
            yield return (e.In.Udp(port, 80), Direction.Ingress, [Reason.MatchedRule, Reason.Established, Reason.PolicyRevoked, Reason.NoMatchingRule]);
            yield return (e.Out.Udp(80, port), Direction.Egress, [Reason.Established, Reason.PolicyRevoked, Reason.NoMatchingRule]);
            yield return (e.In.Tcp(port, 443), Direction.Ingress, [Reason.MatchedRule, Reason.Established, Reason.PolicyRevoked, Reason.NoMatchingRule]);
            yield return (e.In.Tcp(port, 22), Direction.Ingress, [Reason.MatchedRule, Reason.Established]);
        }
    }
}
