namespace SecurityGroups.Tests.Support;

/// <summary>
/// Books of what a firewall told against what it decided: a denial each denied packet, in order; one end each start; every packet that
/// connections let pass in somebody's counters; and each that is counted as tolerated told as that.
/// </summary>
internal sealed class EventLedger
{
    private readonly Dictionary<string, int> _open = [];
    private readonly Queue<Decision> _denied = [];
    private long _passed;
    private long _carried;
    private long _tolerated;
    private bool _isWhole = true;

    public int Started { get; private set; }

    public int Ended { get; private set; }

    /// <summary>Connections of one key that were open at once, at most; more than one only where a NIC forgot its connections.</summary>
    public int MostOpen { get; private set; }

    /// <summary>A packet got a decision; later fragments share one and touch no connection.</summary>
    public void Decided(Decision decision, bool isLaterFragment = false)
    {
        if (decision.Verdict == Verdict.Deny)
        {
            _denied.Enqueue(decision);
        }

        _passed += !isLaterFragment && (decision.Reason is Reason.Established or Reason.PassIgnored) ? 1 : 0;
    }

    /// <summary>Reads what there is; denials must be those of the packets told before.</summary>
    public void Read(FirewallEvents events)
    {
        while (events.TryRead(out FirewallEvent told))
        {
            Note(told);
        }

        Assert.Empty(_denied);
        Assert.Equal((0, 0), (events.Dropped, events.Suppressed));
    }

    public void Note(in FirewallEvent told)
    {
        switch (told.Kind)
        {
            case FirewallEventKind.ConnectionStarted:
                Started++;
                _passed += told.Decision.Reason == Reason.MatchedRule ? 1 : 0;
                MostOpen = Math.Max(MostOpen, _open[KeyOf(told)] = _open.GetValueOrDefault(KeyOf(told)) + 1);
                break;
            case FirewallEventKind.ConnectionEnded:
                Ended++;
                _carried += Packets(told.Traffic);
                Assert.True(--_open[KeyOf(told)] >= 0, $"ended without a start: {told}");
                break;
            case FirewallEventKind.PacketDenied:
                Assert.Equal(_denied.Dequeue(), told.Decision);
                break;
            case FirewallEventKind.PacketTolerated:
                Assert.True(told.Decision.IsAllowed && told.Protocol == IpProtocol.Tcp, $"not tolerated: {told}");
                _tolerated++;
                break;
            default:
                Assert.Fail($"no event: {told}");
                break;
        }
    }

    /// <summary>What has begun and not ended are the live connections, and nothing was counted twice or not at all.</summary>
    public void Close(Firewall firewall)
    {
        long carried = CloseConnections(firewall);
        Assert.True(_isWhole ? carried == _passed : carried <= _passed, $"{_passed} packets passed, {carried} were counted");
    }

    /// <summary>What has begun and not ended are the live connections. Returns how many packets all of them carried.</summary>
    public long CloseConnections(Firewall firewall)
    {
        firewall.ExpireConnections(int.MaxValue);
        Read(firewall.Events);
        ConnectionInfo[] live = [.. firewall.GetConnections(new ConnectionFilter { IsRevoked = false })];
        string[] open = [.. _open.SelectMany(pair => Enumerable.Repeat(pair.Key, pair.Value)).Order(StringComparer.Ordinal)];
        Assert.Equal(live.Select(KeyOf).Order(StringComparer.Ordinal), open);
        Assert.Equal(Started - Ended, live.Length);

        // A NIC that forgot its connections counts anew.
        Assert.InRange(firewall.GetStatistics().Nics.Sum(nic => nic.Tolerated), 0, _tolerated);
        return _carried + live.Sum(connection => Packets(connection.Traffic));
    }

    /// <summary>
    /// Another firewall took the connections over and tells their starts anew. When it is not <paramref name="isWhole"/>, some were left behind, and
    /// what they carried.
    /// </summary>
    public void MoveOn(Firewall from, bool isWhole)
    {
        CloseConnections(from);
        _open.Clear();
        Started = Ended = 0;
        _tolerated = 0;
        _isWhole &= isWhole;
    }

    private static long Packets(ConnectionTraffic? traffic) => traffic is { } counted ? counted.IngressPackets + counted.EgressPackets : 0;

    private static string KeyOf(FirewallEvent told) => KeyOf(
        told.NicId, told.Protocol, told.VlanIds, told.LocalAddress, told.LocalPort, told.RemoteAddress, told.RemotePort, told.IcmpIdentifier, told.IcmpType, told.IcmpCode, told.Direction);

    private static string KeyOf(ConnectionInfo info) => KeyOf(
        info.NicId, info.Protocol, info.VlanIds, info.LocalAddress, info.LocalPort, info.RemoteAddress, info.RemotePort, info.IcmpIdentifier, info.IcmpType, info.IcmpCode, info.Initiated);

    private static string KeyOf(params object?[] members) => string.Join(' ', members);
}
