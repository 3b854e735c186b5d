using System.Text;
using SecurityGroups.Tests.Support;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Properties;

/// <summary>
/// Runs a scenario through the real firewall and through the reference, and stops at the first packet on which they differ, with a trace
/// of what led there.
/// </summary>
internal sealed class ScenarioRunner : IDisposable
{
    private const int MostInBurst = 8;

    private readonly Scenario _scenario;
    private readonly RunMode _mode;
    private readonly ManualTimeProvider _clock = new(TimeSpan.FromDays(2));
    private readonly Policy _first;
    private readonly FirewallOptions _options;
    private readonly ReferenceFirewall _reference;
    private readonly Stage _stage;
    private readonly Dice _dice;
    private readonly StringBuilder _trace = new();
    private readonly Dictionary<string, NicFilter> _filters;
    private readonly List<NicFilter> _removed = [];
    private readonly List<byte[]> _pending = [];
    private readonly EventLedger? _ledger;
    private (string NicId, Direction Direction) _pendingAt;
    private readonly List<(long Token, string NicId, Direction Direction, ReferenceDatagram Datagram, byte[] Octets)> _held = [];
    private Firewall _firewall;
    private long _latest;

    private ScenarioRunner(Scenario scenario, RunMode mode)
    {
        _scenario = scenario;
        _mode = mode;
        _first = scenario.Policy();
        _options = scenario.Options(_clock);
        _ledger = _options.Events is null ? null : new EventLedger();
        _firewall = new Firewall(_first, _options);
        _reference = new ReferenceFirewall(_first, _options, scenario.Timeouts().Reference) { Holds = Holds };
        _stage = new Stage(scenario, _options);
        _dice = new Dice(scenario.Seed ^ 0xB0057);
        _filters = _first.Nics.Keys.ToDictionary(id => id, id => _firewall[id]);
    }

    private long Now => _clock.Elapsed.Ticks / TimeSpan.TicksPerMillisecond;

    public static void Run(Scenario scenario, RunMode mode)
    {
        using ScenarioRunner runner = new(scenario, mode);
        runner.RunSteps();
    }

    public void Dispose() => _firewall.Dispose();

    private void RunSteps()
    {
        foreach (Step step in _scenario.Steps)
        {
            if (_mode == RunMode.Restarted && _dice.Chance(30))
            {
                Flush();
                Restart();
            }

            switch (step)
            {
                case Step.Wait wait:
                    Flush();
                    Wait(wait.Milliseconds);
                    break;
                case Step.Edit edit:
                    Flush();
                    Edit(edit);
                    break;
                default:
                    if (_stage.Packet(step, _reference.Policy) is { } packet)
                    {
                        Note($"{step}");
                        Send(packet.NicId, packet.Direction, packet.Octets);
                    }

                    break;
            }
        }

        Flush();
        _ledger?.Close(_firewall);
    }

    private void Wait(int milliseconds)
    {
        long latest = Math.Max(_latest, Now);
        if (milliseconds >= 0 || _reference.IsSameAt(latest, Now + milliseconds))
        {
            Note($"wait {milliseconds} ms");
            _latest = latest;
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    private void Edit(Step.Edit edit)
    {
        Policy changed = PolicyChanges.Apply(edit.Change, edit.Salt, _reference.Policy, _first);
        Note($"{edit}");
        _held.Clear();
        _firewall.Update(_ => changed);
        _reference.Update(changed);
        foreach (string id in _filters.Keys.Except(changed.Nics.Keys).ToArray())
        {
            _removed.Add(_filters[id]);
            _filters.Remove(id);
        }

        foreach (string id in changed.Nics.Keys.Except(_filters.Keys).ToArray())
        {
            _filters[id] = _firewall[id];
        }
    }

    /// <summary>Another firewall takes the connections over and goes on: every one of them, but what is above a quota that was lowered meanwhile.</summary>
    private void Restart()
    {
        Note("save and restore");
        using MemoryStream stream = new();
        long saved = _firewall.SaveConnections(stream);
        stream.Position = 0;
        Firewall next = new(_reference.Policy, _options);
        RestoreResult result = next.RestoreConnections(stream);
        if (result != new RestoreResult(saved - result.NoRoom, 0, 0, 0, 0, result.NoRoom) || (result.NoRoom != 0 && !_reference.IsTight) || next.Tracker.Table.FindDamage() is not null)
        {
            throw Failure($"{saved} connections saved, {result}, {next.Tracker.Table.FindDamage()}", []);
        }

        _ledger?.MoveOn(_firewall, isWhole: result.NoRoom == 0);
        _firewall.Dispose();
        _firewall = next;
        _reference.Restart(Now);
        _reference.LeaveOut(result.NoRoom);
        _removed.Clear();
        _held.Clear();
        foreach (string id in _filters.Keys)
        {
            _filters[id] = next[id];
        }
    }

    private void Send(string nicId, Direction direction, byte[] octets)
    {
        foreach (NicFilter gone in _removed.Where(gone => gone.Id == nicId))
        {
            Decision decision = gone.Filter(direction, octets);
            Expect(Reason.NicRemoved, decision, octets);
            _ledger?.Decided(decision);
        }

        if (!_filters.ContainsKey(nicId))
        {
            return;
        }

        if (_pending.Count >= MostInBurst || _pendingAt != (nicId, direction) || _mode != RunMode.Bursts || _dice.Chance(20) || _reference.IsTight)
        {
            Flush();
        }

        _pendingAt = (nicId, direction);
        _pending.Add(octets);
    }

    private void Flush()
    {
        if (_pending.Count > 0)
        {
            Decision[] decisions = Decide(_filters[_pendingAt.NicId]);
            for (int i = 0; i < decisions.Length; i++)
            {
                Judge(_pending[i], decisions[i]);
                _ledger?.Decided(decisions[i], _reference.IsLaterFragment(_pendingAt.NicId, _pending[i]));
            }

            _ledger?.Read(_firewall.Events);
            _pending.Clear();
            AskAgain();
        }
    }

    private Decision[] Decide(NicFilter filter)
    {
        byte[][] packets = [.. _pending];
        if (_mode == RunMode.Bursts)
        {
            return InBurst(filter, packets);
        }

        Decision[] decisions = new Decision[packets.Length];
        for (int i = 0; i < packets.Length; i++)
        {
            Decision? explained = _mode == RunMode.Explained ? filter.Explain(_pendingAt.Direction, packets[i]).Decision : null;
            decisions[i] = filter.Filter(_pendingAt.Direction, packets[i]);
            if (explained is { } before && (before.Verdict, before.Reason, before.RuleNumber) != (decisions[i].Verdict, decisions[i].Reason, decisions[i].RuleNumber))
            {
                throw Failure($"Explain said {before}, Filter {decisions[i]}", packets[i]);
            }
        }

        return decisions;
    }

    private Decision[] InBurst(NicFilter filter, byte[][] packets)
    {
        Decision[] decisions = new Decision[packets.Length];
        int allowed;
        if (_dice.Chance(50))
        {
            allowed = filter.Filter(_pendingAt.Direction, [.. packets.Select(packet => (ReadOnlyMemory<byte>)packet)], decisions);
        }
        else
        {
            byte[] buffer = [0xEE, .. packets.SelectMany(packet => packet.Append((byte)0xEE))];
            int offset = 1;
            List<PacketSlice> slices = [];
            foreach (byte[] packet in packets)
            {
                slices.Add(new PacketSlice(offset, packet.Length));
                offset += packet.Length + 1;
            }

            allowed = filter.Filter(_pendingAt.Direction, buffer, [.. slices], decisions);
        }

        Assert.Equal(decisions.Count(decision => decision.IsAllowed), allowed);
        return decisions;
    }

    private void Judge(byte[] octets, Decision decision)
    {
        (Verdict verdict, Reason reason) = _reference.Filter(_pendingAt.NicId, _pendingAt.Direction, octets, Now, decision.Reason);
        if (decision.Verdict != verdict)
        {
            throw Failure($"reference {verdict} ({reason}), firewall {decision}", octets);
        }

        Expect(reason, decision, octets);
        if (reason == Reason.MatchedRule && !_reference.IsLaterFragment(_pendingAt.NicId, octets))
        {
            CheckRule(octets, decision);
        }

        if (_reference.Held is { } datagram)
        {
            _held.Add((decision.HoldToken, _pendingAt.NicId, _pendingAt.Direction, datagram, octets));
        }

        if (_reference.IsTight)
        {
            CheckConnections(octets);
        }
    }

    /// <summary>What became of packets that were held; a change makes an end of them, for what a NIC's own change does to tokens is told elsewhere.</summary>
    private void AskAgain()
    {
        foreach ((long token, string nicId, Direction direction, ReferenceDatagram datagram, byte[] octets) in _held.ToArray())
        {
            (Verdict verdict, Reason reason) = _reference.AskAgain(datagram, nicId, Now);
            Decision decision = _filters[nicId].AskAgain(direction, token);
            if ((verdict, reason) != (decision.Verdict, decision.Reason))
            {
                throw Failure($"asked again: reference {verdict} ({reason}), firewall {decision}", octets);
            }

            Direction opposite = direction == Direction.Egress ? Direction.Ingress : Direction.Egress;
            Decision wrongWay = _filters[nicId].AskAgain(opposite, token);
            Assert.Equal(Reason.LaterFragmentWithoutFirst, wrongWay.Reason);
            _ledger?.Decided(decision, isLaterFragment: true);
            _ledger?.Decided(wrongWay, isLaterFragment: true);
            if (decision.Verdict != Verdict.Hold)
            {
                _held.Remove((token, nicId, direction, datagram, octets));
            }
        }
    }

    /// <summary>The real one has the connections of the reference and no others: nobody went who may not, nobody stayed who had to go.</summary>
    private void CheckConnections(byte[] octets)
    {
        (string NicId, ReferenceConnectionKey Key)[] expected = [.. _reference.Live(Now)];
        if (expected.Where(one => !Holds(one.NicId, one.Key)).ToArray() is [var missing, ..])
        {
            throw Failure($"the firewall lost {missing}", octets);
        }

        if (_firewall.GetConnections().Count() != expected.Length)
        {
            throw Failure($"the firewall has {string.Join(", ", _firewall.GetConnections())}, the reference {expected.Length} connections", octets);
        }
    }

    private bool Holds(string nicId, ReferenceConnectionKey key)
    {
        ushort remotePort = key.IcmpInitiator == Direction.Ingress
            ? (ushort)((IcmpQuery.Counterpart(key.Protocol, (byte)(key.RemotePort >> 8)) << 8) | (byte)key.RemotePort)
            : (ushort)key.RemotePort;
        uint vlanIds = key.Vlans.Split(',', StringSplitOptions.RemoveEmptyEntries).Aggregate(0u, (ids, id) => (ids << 12) | uint.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
        uint zone = _firewall.Ruleset.Nics.All().First(nic => nic.Id == nicId).Zone;
        FlowKey flow = new(key.Local.Bits, key.Remote.Bits, (ushort)key.LocalPort, remotePort, zone, key.Local.Family, vlanIds, key.Protocol);
        return _firewall.Tracker.Find(flow, nicId, Now) is not null;
    }

    /// <summary>The rule named is one that the reference finds matching too.</summary>
    private void CheckRule(byte[] octets, Decision decision)
    {
        if (!_firewall.TryGetRule(decision, out RuleReference? named))
        {
            throw Failure("no rule is named", octets);
        }

        bool matches = _reference.MatchingRules(_pendingAt.NicId, _pendingAt.Direction, octets).Any(rule => rule == named.Rule);
        if (!matches)
        {
            throw Failure($"rule {named.Rule} does not match", octets);
        }
    }

    private void Expect(Reason reason, Decision decision, byte[] octets)
    {
        if (decision.Reason != reason)
        {
            throw Failure($"reference {reason}, firewall {decision}", octets);
        }
    }

    private void Note(string line) => _trace.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {Now} ms {line}");

    private InvalidOperationException Failure(string what, byte[] octets) => new(
        $"{what}{Environment.NewLine}at {_pendingAt.NicId} {_pendingAt.Direction}: {Convert.ToHexString(octets)}{Environment.NewLine}"
        + $"replay with SECURITYGROUPS_PROPERTY_SEED={_scenario.Seed}, mode {_mode}; what led there:{Environment.NewLine}{_trace}"
        + PolicyText.Of(_reference.Policy, _pendingAt.NicId));
}
