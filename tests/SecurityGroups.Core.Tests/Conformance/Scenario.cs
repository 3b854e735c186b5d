using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// A story of packets, waits and changes with what each packet must get. <see cref="Run()"/> tells it many times, each to a new firewall: one
/// by one, with caller timestamps, with neighbouring packets of one NIC and direction in one burst (both overloads), and with the connections
/// saved and restored into yet another firewall: before every packet, and before each packet alone. Not between the first fragment of a story
/// and its last: datagrams under way are not saved.
/// </summary>
internal sealed class Scenario(Policy policy, FirewallOptions? options = null)
{
    [ThreadStatic]
    private static Action<Scenario>? s_recorder;

    private readonly List<object> _steps = [];
    private bool _isForgetful;
    private int? _firstChange;

    private enum Mode
    {
        OneByOne,
        CallerTimestamps,
        BurstOfMemories,
        BurstOfSlices,
        Restored,
    }

    public Policy Policy => policy;

    public FirewallOptions Options { get; } = options ?? Given.Options;

    /// <summary>What tests tell while <paramref name="tests"/> runs, recorded instead of run: for other judges of the same stories.</summary>
    public static IReadOnlyList<Scenario> Record(Action tests)
    {
        List<Scenario> told = [];
        s_recorder = told.Add;
        try
        {
            tests();
        }
        finally
        {
            s_recorder = null;
        }

        return told;
    }

    public Scenario Egress(PacketBuilder packet, Expect expected, string nic = Given.W) => Add(new Step(nic, Direction.Egress, packet.Build(), expected));

    public Scenario Ingress(PacketBuilder packet, Expect expected, string nic = Given.W) => Add(new Step(nic, Direction.Ingress, packet.Build(), expected));

    /// <summary>Moves the clock.</summary>
    public Scenario Wait(double seconds) => Change((_, clock, _) => clock.Advance(seconds));

    /// <summary>Changes the policy.</summary>
    public Scenario Update(Func<Policy, Policy> change) => Check(firewall => firewall.Update(change));

    /// <summary>Anything else, in its place between the packets.</summary>
    public Scenario Check(Action<Firewall> action) => Change((firewall, _, _) => action(firewall));

    /// <summary>How many connections the table must hold here.</summary>
    public Scenario Connections(int count) => Do((firewall, clock, mode) =>
    {
        TellTime(firewall, clock, mode);
        Assert.True(count == firewall.GetConnections().Count(), $"{mode}: {count} connections expected, got {string.Join(Environment.NewLine, firewall.GetConnections())}");
    });

    /// <summary>Never saves and restores: the story is about something else than connections, which <paramref name="what"/> names.</summary>
    public Scenario NotRestored(string what)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(what);
        _isForgetful = true;
        return this;
    }

    /// <summary>The packets of a NIC before time passes or anything changes.</summary>
    public IEnumerable<(Direction Direction, byte[] Packet)> Opening(string nic) =>
        _steps.Take(_firstChange ?? _steps.Count).OfType<Step>().Where(step => step.Nic == nic).Select(step => (step.Direction, step.Packet));

    public void Run()
    {
        if (s_recorder is { } recorder)
        {
            recorder(this);
            return;
        }

        foreach (Mode mode in Enum.GetValues<Mode>().Where(mode => mode != Mode.Restored))
        {
            Run(mode, _ => false);
        }

        if (_isForgetful)
        {
            return;
        }

        Run(Mode.Restored, IsGap);
        foreach (int gap in Enumerable.Range(0, _steps.Count).Where(IsGap))
        {
            Run(Mode.Restored, index => index == gap);
        }
    }

    /// <summary>Whether a packet stands at this index and connections may be saved and restored before it.</summary>
    private bool IsGap(int index) =>
        index > 0 && _steps[index] is Step && (!_steps.Take(index).Any(IsFragment) || !_steps.Skip(index).Any(IsFragment));

    private bool IsFragment(object step)
    {
        ParsedPacket parsed = default;
        _ = step is Step packet ? PacketParser.Parse(packet.Packet, Options.LinkType, default, out parsed) : default;
        return parsed.Has(PacketTraits.Fragment);
    }

    private Scenario Change(Action<Firewall, ManualTimeProvider, Mode> action)
    {
        _firstChange ??= _steps.Count;
        return Do(action);
    }

    private Scenario Do(Action<Firewall, ManualTimeProvider, Mode> action) => Add(action);

    private Scenario Add(object step)
    {
        _steps.Add(step);
        return this;
    }

    /// <param name="mode">How packets are handed over.</param>
    /// <param name="restoresBefore">Whether another firewall takes the connections over before the step with this index.</param>
    private void Run(Mode mode, Func<int, bool> restoresBefore)
    {
        ManualTimeProvider clock = new();
        FirewallOptions chosen = Options with { TimeProvider = clock, CallerTimestamps = mode == Mode.CallerTimestamps };
        Firewall firewall = new(policy, chosen);
        for (int i = 0; i < _steps.Count;)
        {
            if (_steps[i] is Action<Firewall, ManualTimeProvider, Mode> action)
            {
                action(firewall, clock, mode);
                i++;
                continue;
            }

            firewall = restoresBefore(i) ? MoveOn(firewall, chosen) : firewall;
            Step[] burst = [.. _steps.Skip(i).TakeWhile(step => BelongTogether(step, (Step)_steps[i], mode)).Cast<Step>()];
            Verify(mode, i, burst, Decide(firewall, mode, burst, clock));
            i += burst.Length;
        }

        firewall.Dispose();
    }

    private static Firewall MoveOn(Firewall firewall, FirewallOptions chosen)
    {
        using (firewall)
        {
            using MemoryStream stream = new();
            long saved = firewall.SaveConnections(stream);
            stream.Position = 0;
            Firewall next = new(firewall.Policy, chosen);
            Assert.Equal(new RestoreResult(saved, 0, 0, 0, 0, 0), next.RestoreConnections(stream));
            return next;
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

    private static bool BelongTogether(object step, Step first, Mode mode) => mode is Mode.OneByOne or Mode.CallerTimestamps or Mode.Restored
        ? ReferenceEquals(step, first)
        : step is Step packet && packet.Nic == first.Nic && packet.Direction == first.Direction;

    private static Decision[] Decide(Firewall firewall, Mode mode, Step[] burst, ManualTimeProvider clock)
    {
        NicFilter nic = firewall[burst[0].Nic];
        Direction direction = burst[0].Direction;
        Decision[] decisions = new Decision[burst.Length];
        switch (mode)
        {
            case Mode.OneByOne or Mode.Restored:
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
