using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// A story of packets, waits and changes with what each packet must get. <see cref="Run()"/> tells it several times, each to a new
/// firewall: one by one, with caller timestamps, and with neighbouring packets of one NIC and direction in one burst (both overloads).
/// </summary>
internal sealed class Scenario(Policy policy, FirewallOptions? options = null)
{
    private readonly List<object> _steps = [];

    private enum Mode
    {
        OneByOne,
        CallerTimestamps,
        BurstOfMemories,
        BurstOfSlices,
    }

    public Scenario Egress(PacketBuilder packet, Expect expected, string nic = Given.W) => Add(new Step(nic, Direction.Egress, packet.Build(), expected));

    public Scenario Ingress(PacketBuilder packet, Expect expected, string nic = Given.W) => Add(new Step(nic, Direction.Ingress, packet.Build(), expected));

    /// <summary>Moves the clock.</summary>
    public Scenario Wait(double seconds) => Do((_, clock, _) => clock.Advance(seconds));

    /// <summary>Changes the policy.</summary>
    public Scenario Update(Func<Policy, Policy> change) => Check(firewall => firewall.Update(change));

    /// <summary>Anything else, in its place between the packets.</summary>
    public Scenario Check(Action<Firewall> action) => Do((firewall, _, _) => action(firewall));

    /// <summary>How many connections the table must hold here.</summary>
    public Scenario Connections(int count) => Do((firewall, clock, mode) =>
    {
        TellTime(firewall, clock, mode);
        Assert.True(count == firewall.GetConnections().Count(), $"{mode}: {count} connections expected, got {string.Join(Environment.NewLine, firewall.GetConnections())}");
    });

    public void Run()
    {
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            Run(mode, new ManualTimeProvider());
        }
    }

    private Scenario Do(Action<Firewall, ManualTimeProvider, Mode> action) => Add(action);

    private Scenario Add(object step)
    {
        _steps.Add(step);
        return this;
    }

    private void Run(Mode mode, ManualTimeProvider clock)
    {
        using Firewall firewall = new(
            policy, (options ?? Given.Options) with { TimeProvider = clock, CallerTimestamps = mode == Mode.CallerTimestamps });
        for (int i = 0; i < _steps.Count;)
        {
            if (_steps[i] is Action<Firewall, ManualTimeProvider, Mode> action)
            {
                action(firewall, clock, mode);
                i++;
                continue;
            }

            Step[] burst = [.. _steps.Skip(i).TakeWhile(step => BelongTogether(step, (Step)_steps[i], mode)).Cast<Step>()];
            Verify(mode, i, burst, Decide(firewall, mode, burst, clock));
            i += burst.Length;
        }
    }

    /// <summary>With caller timestamps the firewall knows the time only from packets, so it gets one that means nothing.</summary>
    private static void TellTime(Firewall firewall, ManualTimeProvider clock, Mode mode)
    {
        if (mode == Mode.CallerTimestamps)
        {
            firewall[firewall.Policy.Nics.Keys.First()].Filter(Direction.Ingress, [], clock.Elapsed);
        }
    }

    private static bool BelongTogether(object step, Step first, Mode mode) => mode is Mode.OneByOne or Mode.CallerTimestamps
        ? ReferenceEquals(step, first)
        : step is Step packet && packet.Nic == first.Nic && packet.Direction == first.Direction;

    private static Decision[] Decide(Firewall firewall, Mode mode, Step[] burst, ManualTimeProvider clock)
    {
        NicFilter nic = firewall[burst[0].Nic];
        Direction direction = burst[0].Direction;
        Decision[] decisions = new Decision[burst.Length];
        switch (mode)
        {
            case Mode.OneByOne:
                return [nic.Filter(direction, burst[0].Packet)];
            case Mode.CallerTimestamps:
                return [nic.Filter(direction, burst[0].Packet, clock.Elapsed)];
            case Mode.BurstOfMemories:
                ReadOnlyMemory<byte>[] packets = [.. burst.Select(step => (ReadOnlyMemory<byte>)step.Packet)];
                Assert.Equal(nic.Filter(direction, packets, decisions), decisions.Count(decision => decision.IsAllowed));
                return decisions;
            default:
                byte[] buffer = [.. burst.SelectMany(step => step.Packet)];
                int offset = 0;
                PacketSlice[] slices = [.. burst.Select(step => new PacketSlice((offset += step.Packet.Length) - step.Packet.Length, step.Packet.Length))];
                Assert.Equal(nic.Filter(direction, buffer, slices, decisions), decisions.Count(decision => decision.IsAllowed));
                return decisions;
        }
    }

    private static void Verify(Mode mode, int index, Step[] burst, Decision[] decisions)
    {
        for (int i = 0; i < burst.Length; i++)
        {
            Assert.True(
                burst[i].Expected.Accepts(decisions[i]),
                $"{mode}, step {index + i} ({burst[i].Nic} {burst[i].Direction}): expected {burst[i].Expected.Text}, got {decisions[i]}; {Convert.ToHexString(burst[i].Packet.AsSpan(0, Math.Min(96, burst[i].Packet.Length)))}");
        }
    }

    private sealed record Step(string Nic, Direction Direction, byte[] Packet, Expect Expected);
}
