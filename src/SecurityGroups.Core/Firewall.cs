using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SecurityGroups.Compile;
using SecurityGroups.Match;
using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>
/// A policy in force: compiled rules, tracked connections, one filter per NIC. Any thread may call any member; updates take turns, packets
/// never wait for them.
/// </summary>
public sealed partial class Firewall : IDisposable
{
    private readonly Lock _writer = new();
    private readonly RulesetCompiler _compiler;
    private readonly FirewallEvents? _events;
    private CompiledPolicy _compiled;
    private bool _isUpdating;

    // Read once by every call or burst; the one line that publishes an update writes it.
    private volatile Ruleset _ruleset;

    /// <summary>Compiles a policy and takes the memory of the connection table.</summary>
    /// <exception cref="PolicyException">The policy is invalid; carries every error.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Firewall(Policy policy, FirewallOptions options)
        : this(policy, options, replay: false)
    {
    }

    /// <summary>As the public constructor; <paramref name="replay"/> accepts what only captures hold: any VLAN, segmentation offload.</summary>
    internal Firewall(Policy policy, FirewallOptions options, bool replay)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        FirewallOptionsValidator.ThrowIfInvalid(options);
        Clock = new FirewallClock(options);
        _events = options.Events is { } events ? new FirewallEvents(events, Clock) : null;
        Settings = new FirewallSettings(options, replay) { Denials = _events?.Denials };
        Tracker = new ConnectionTracker(options.ConnectionTracking, options.Fragments, _events?.Connections);
        _compiler = new RulesetCompiler(options, new NicIdentities(this));
        _compiled = _compiler.Compile(policy, CompiledPolicy.Empty);
        policy.BecomeBase();
        _ruleset = _compiled.Ruleset;
    }

    /// <summary>The policy in force.</summary>
    public Policy Policy => _ruleset.Policy;

    /// <summary>The number of the ruleset in force: 1 at the start, each update adds one.</summary>
    public long Generation => _ruleset.Generation;

    /// <summary>The events of connections and denials; may be read after <see cref="Dispose"/>, too.</summary>
    /// <exception cref="InvalidOperationException">The firewall was made without <see cref="FirewallOptions.Events"/>.</exception>
    public FirewallEvents Events =>
        _events ?? throw new InvalidOperationException($"This firewall tells no events: set {nameof(FirewallOptions)}.{nameof(FirewallOptions.Events)}.");

    internal FirewallSettings Settings { get; }

    internal FirewallClock Clock { get; }

    internal ConnectionTracker Tracker { get; }

    internal Ruleset Ruleset => _ruleset;

    /// <summary>The filter of a NIC; the same object for as long as the NIC stays in the policy.</summary>
    /// <exception cref="KeyNotFoundException">The policy has no such NIC.</exception>
    public NicFilter this[string nicId] =>
        TryGetNic(nicId, out NicFilter? nic) ? nic : throw new KeyNotFoundException($"The policy has no NIC '{nicId}'.");

    /// <summary>The filter of a NIC, if the policy has it.</summary>
    public bool TryGetNic(string nicId, [NotNullWhen(true)] out NicFilter? nic)
    {
        ArgumentNullException.ThrowIfNull(nicId);
        nic = RulesetInForce().FindNic(nicId)?.Incarnation as NicFilter;
        return nic is not null;
    }

    /// <summary>
    /// Replaces the policy by a changed copy, in one atomic step for every NIC: a packet sees the old ruleset or the new one, and every call
    /// that starts after this returns sees the new one. Connections that the change concerns are checked again at their next packet.
    /// A copy made by the methods of the policy in force costs as much as what it changes; any other policy is compared as a whole first.
    /// </summary>
    /// <param name="change">Gets the policy in force and returns the changed copy. An exception in it changes nothing.</param>
    /// <exception cref="PolicyException">The changed policy is invalid; the old one stays in force.</exception>
    /// <exception cref="InvalidOperationException">Called from within <paramref name="change"/>, or it returned null.</exception>
    /// <exception cref="ObjectDisposedException">The firewall was disposed.</exception>
    public UpdateResult Update(Func<Policy, Policy> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        long start = Stopwatch.GetTimestamp();
        lock (_writer)
        {
            _ = RulesetInForce();
            if (_isUpdating)
            {
                throw new InvalidOperationException("An update cannot be made from within an update.");
            }

            _isUpdating = true;
            try
            {
                Policy policy = change(_ruleset.Policy) ?? throw new InvalidOperationException("The change returned no policy.");
                _ = RulesetInForce();
                CompiledPolicy compiled = _compiler.Compile(policy, _compiled);
                Publish(compiled);
                return new UpdateResult(compiled.Ruleset.Generation, compiled.FormsCompiled, Stopwatch.GetElapsedTime(start));
            }
            finally
            {
                _isUpdating = false;
            }
        }
    }

    /// <summary>Names the rule that admitted a packet; false when no rule did, or when its group has changed since.</summary>
    public bool TryGetRule(Decision decision, [NotNullWhen(true)] out RuleReference? rule) =>
        RulesetInForce().Rules.TryGetRule(decision.RuleNumber, out rule);

    /// <summary>Figures at this moment.</summary>
    public FirewallStatistics GetStatistics()
    {
        Ruleset ruleset = RulesetInForce();
        return new FirewallStatistics
        {
            Generation = ruleset.Generation,
            Connections = Tracker.Count,
            MaxConnections = Tracker.Capacity,
            FragmentedDatagrams = Tracker.Fragments.Count,
            HalfOpen = Tracker.Table.Room.Of(ConnectionRank.HalfOpen),
            Unreplied = Tracker.Table.Room.Of(ConnectionRank.Unreplied),
            Evicted = Tracker.Table.Evicted,
            PressureEvents = Tracker.Table.Pressures,
            Nics = [.. ruleset.Nics.All().Select(nic => ((NicFilter)nic.Incarnation).GetStatistics())],
        };
    }

    /// <summary>
    /// Ends the firewall: every later packet is denied with <see cref="Reason.FirewallDisposed"/>, every other call here throws
    /// <see cref="ObjectDisposedException"/>. The memory of the connection table goes with the last reference to the firewall, so a call still under way on another thread is safe.
    /// </summary>
    public void Dispose()
    {
        lock (_writer)
        {
            _compiled = CompiledPolicy.Empty;
            _ruleset = Ruleset.Empty with { IsDisposed = true, Policy = _ruleset.Policy, Generation = _ruleset.Generation };
        }

        _events?.Complete();
    }

    private Ruleset RulesetInForce()
    {
        Ruleset ruleset = _ruleset;
        ObjectDisposedException.ThrowIf(ruleset.IsDisposed, this);
        return ruleset;
    }

    private void Publish(CompiledPolicy compiled)
    {
        long now = Clock.NowOrLatest();
        compiled.Ruleset.Policy.BecomeBase();
        _compiled = compiled;
        _ruleset = compiled.Ruleset;
        foreach (uint zone in compiled.RetiredZones)
        {
            Tracker.RetireZone(zone, now);
        }

        Tracker.LimitZones(compiled.LimitedZones);
    }

    private sealed class NicIdentities(Firewall firewall) : INicIdentities
    {
        public object NewIncarnation(string nicId, int slot) => new NicFilter(firewall, nicId, slot);

        public uint NewZone(string nicId) => firewall.Tracker.RegisterZone(nicId);
    }
}
