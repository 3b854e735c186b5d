using System.Collections.Immutable;
using System.Net;
using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// What any octets must hold to as a stream of saved connections: refused, with the place of what is wrong and no trace in the table, or
/// restored, with a whole table of possible connections that can be saved and restored again. Each input is tried as it is and with its checksums
/// made right.
/// </summary>
internal sealed class RestoreTarget(int startSeconds = 0)
{
    private const int Capacity = 64;

    private static readonly Policy s_policy = Policy.Create(
        [SecurityGroup.CreateNeutron("open").WithRule(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.Any)), SecurityGroup.CreateEmpty("shut"), SecurityGroup.CreateEmpty("stateless").WithStateful(false)],
        [NicOf("w", "10.0.0.10", "2001:db8::10", "open"), NicOf("d", "10.0.0.20", "2001:db8::20", "open"), NicOf("m", "10.0.0.30", "2001:db8::30", "stateless")]);

    private readonly ManualTimeProvider _clock = new(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(startSeconds));
    private byte[] _empty = [];
    private Firewall? _unused;

    /// <summary>How many connections were restored so far: 0 after many inputs would mean that nothing was tried.</summary>
    public long Restored { get; private set; }

    /// <summary>How many inputs were refused so far.</summary>
    public long Refused { get; private set; }

    /// <summary>A stream of connections of every kind, a tombstone among them; a good beginning for a fuzzer.</summary>
    public byte[] Sample()
    {
        using Firewall firewall = Create();
        foreach ((string local, string remote) in new[] { ("10.0.0.10", "203.0.113.7"), ("2001:db8::10", "2001:db8:113::7") })
        {
            Talk(firewall["w"], PacketBuilder.Ip(local, remote), PacketBuilder.Ip(remote, local));
        }

        firewall.Update(policy => policy.UpdateNic("w", nic => nic with { SecurityGroups = ["shut"] }));
        Require(!firewall["w"].Filter(Direction.Egress, PacketBuilder.Ip("10.0.0.10", "203.0.113.7").Udp(6, 7)).IsAllowed, "no tombstone");
        firewall["d"].Filter(Direction.Ingress, PacketBuilder.Ip("203.0.113.7", "10.0.0.20").Tcp(5000, 443));
        return SavedStreams.Save(firewall);
    }

    /// <summary>As <see cref="Run"/>, for octets that must not be taken as they are.</summary>
    public void Refuse(byte[] octets)
    {
        long before = Refused;
        Try(octets);
        Require(Refused == before + 1, $"taken: {Convert.ToHexString(octets)}");
    }

    public void Run(byte[] octets)
    {
        Try(octets);
        if (octets.Length >= SavedStreams.HeaderOctets)
        {
            Try(SavedStreams.WithChecksums(octets));
        }
    }

    private static Nic NicOf(string id, string ipv4, string ipv6, string group) =>
        new(id) { Addresses = [IPAddress.Parse(ipv4), IPAddress.Parse(ipv6)], SecurityGroups = ImmutableArray.Create(group) };

    private void Talk(NicFilter nic, PacketBuilder outward, PacketBuilder inward)
    {
        nic.Filter(Direction.Egress, outward.Tcp(40_000, 443, TcpFlags.Syn, 1000));
        nic.Filter(Direction.Ingress, inward.Tcp(443, 40_000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001));
        nic.Filter(Direction.Egress, outward.Tcp(40_000, 443, TcpFlags.Ack, 1001, 5001).PayloadOfLength(10));
        nic.Filter(Direction.Ingress, inward.Udp(4, 5));
        nic.Filter(Direction.Egress, outward.Udp(6, 7));
        nic.Filter(Direction.Ingress, inward.Udp(7, 6));
        _clock.Advance(3);
        nic.Filter(Direction.Egress, outward.Udp(6, 7));
        nic.Filter(Direction.Egress, outward.EchoRequest());
        nic.Filter(Direction.Ingress, inward.Sctp(8, 9));
        nic.Filter(Direction.Ingress, inward.Protocol(47, 1, 2, 3, 4));
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    private Firewall Create() => new(s_policy, new FirewallOptions
    {
        LinkType = LinkType.RawIp,
        TimeProvider = _clock,
        Fragments = new FragmentOptions { MaxDatagrams = 1 },
        ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = Capacity },
    });

    private void Try(byte[] octets)
    {
        Firewall firewall = _unused ?? Create();
        _unused = null;
        _empty = _empty.Length == 0 ? SavedStreams.Save(firewall) : _empty;
        try
        {
            RestoreResult result = SavedStreams.Restore(firewall, octets);
            Restored += result.Restored;
            CheckRestored(firewall, result);
        }
        catch (ConnectionStreamException exception)
        {
            Refused++;
            Require(exception.Offset >= 0 && exception.Offset <= octets.Length, $"broken at {exception.Offset} of {octets.Length}");
            CheckUntouched(firewall);
        }
        catch (InvalidOperationException exception) when (exception.Message.Contains(nameof(FirewallOptions.CallerTimestamps), StringComparison.Ordinal))
        {
            // Good, but without a date.
            CheckUntouched(firewall);
        }
    }

    // A firewall without a trace of what was refused serves the next input.
    private void CheckUntouched(Firewall firewall)
    {
        Require(SavedStreams.Save(firewall).AsSpan().SequenceEqual(_empty), "a refused stream left a trace");
        _unused = firewall;
    }

    private void CheckRestored(Firewall firewall, RestoreResult result)
    {
        Require(firewall.Tracker.Table.FindDamage() is null, $"{firewall.Tracker.Table.FindDamage()}");
        ConnectionInfo[] connections = [.. firewall.GetConnections()];
        Require(connections.Length == result.Restored && connections.Length <= Capacity, $"{result}, but {connections.Length} connections");
        Require(connections.All(IsPossible), $"impossible among {string.Join(Environment.NewLine, connections.AsEnumerable())}");
        using Firewall again = Create();
        RestoreResult second = SavedStreams.Restore(again, SavedStreams.Save(firewall));
        Require(second == new RestoreResult(result.Restored, 0, 0, 0, 0, 0), $"{result}, but again {second}");
        firewall.Dispose();
    }

    private static bool IsPossible(ConnectionInfo connection)
    {
        TimeSpan timeout = connection.Idle + connection.ExpiresIn;
        bool isTcp = connection.Protocol == IpProtocol.Tcp;
        return connection.NicId is "w" or "d"
            && connection.Idle >= TimeSpan.Zero && connection.ExpiresIn > TimeSpan.Zero && timeout <= ConnectionTimeouts.Default.TcpEstablished
            && (isTcp || timeout <= ConnectionTimeouts.Default.Other)
            && isTcp == (connection.State is not ("stream" or "replied" or "unreplied"))
            && (connection.State != "stream" || connection.Protocol == IpProtocol.Udp || connection.Protocol == IpProtocol.UdpLite);
    }
}
