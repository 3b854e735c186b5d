using System.Net;
using SecurityGroups.Events;

namespace SecurityGroups;

/// <summary>
/// The start or end of a connection, or a packet that was denied, or would have been: header fields, never payload. Members that do not apply, or that were not read
/// because the packet was denied before, are null, 0 or default. Addresses are objects made at each call of their members.
/// </summary>
public readonly record struct FirewallEvent
{
    private readonly EventRecord _record;

    internal FirewallEvent(in EventRecord record, DateTimeOffset time)
    {
        _record = record;
        Time = time;
    }

    /// <summary>What it tells.</summary>
    public FirewallEventKind Kind => _record.Kind;

    /// <summary>
    /// When it happened, to the millisecond: for a connection that expired or whose NIC was removed that moment, although it is noticed later. By the
    /// time provider's UTC clock; with caller timestamps the Unix epoch plus the timestamp.
    /// </summary>
    public DateTimeOffset Time { get; }

    /// <summary>The NIC.</summary>
    public string NicId => _record.NicId ?? "";

    /// <summary>Which way the denied packet, or the connection's first packet, travelled.</summary>
    public Direction Direction => _record.Direction;

    /// <summary>The address family; null for other frames.</summary>
    public Ethertype? Ethertype => _record.EtherType switch
    {
        Packets.EtherTypes.IPv4 => SecurityGroups.Ethertype.IPv4,
        Packets.EtherTypes.IPv6 => SecurityGroups.Ethertype.IPv6,
        _ => null,
    };

    /// <summary>The ethertype field behind VLAN tags; for raw IP that of the family.</summary>
    public int EthertypeNumber => _record.EtherType;

    /// <summary>The IP protocol; null for other frames.</summary>
    public IpProtocol? Protocol => _record.HasAddresses && Ethertype is not null ? IpProtocol.FromNumber(_record.Protocol) : null;

    /// <summary>The address of the instance's end; ARP: its protocol address.</summary>
    public IPAddress? LocalAddress => AddressOf(_record.Local);

    /// <summary>The address of the other end; ARP: its protocol address.</summary>
    public IPAddress? RemoteAddress => AddressOf(_record.Remote);

    /// <summary>The instance's port; 0 for protocols without ports.</summary>
    public int LocalPort => _record.LocalPort;

    /// <summary>The other end's port; 0 for protocols without ports.</summary>
    public int RemotePort => _record.RemotePort;

    /// <summary>ICMP: the identifier, 0 for messages without one; null for other protocols.</summary>
    public int? IcmpIdentifier => _record.HasIcmp ? _record.IcmpIdentifier : null;

    /// <summary>ICMP: type of the denied packet, or of a connection's request; null for other protocols.</summary>
    public int? IcmpType => _record.HasIcmp ? _record.IcmpTypeAndCode >> 8 : null;

    /// <summary>ICMP: code; null for other protocols.</summary>
    public int? IcmpCode => _record.HasIcmp ? (byte)_record.IcmpTypeAndCode : null;

    /// <summary>VLAN ids: outer in bits 12 to 23, inner or single in bits 0 to 11; 0 = untagged.</summary>
    public int VlanIds => (int)_record.VlanIds;

    /// <summary>
    /// Starts: the decision that admitted the first packet, with the rule's number for <see cref="Firewall.TryGetRule"/>; of a connection that
    /// was restored, or revoked and lives on, <see cref="Reason.Established"/>. Packets: the decision.
    /// </summary>
    public Decision Decision => _record.Decision;

    /// <summary>Ends: why; null for other events.</summary>
    public ConnectionEnd? End => Kind == FirewallEventKind.ConnectionEnded ? _record.End : null;

    /// <summary>Ends: the last state, as <see cref="ConnectionInfo.State"/>; null for other events.</summary>
    public string? State => _record.State;

    /// <summary>Ends: how long before the end the last packet that counted came.</summary>
    public TimeSpan Idle => TimeSpan.FromMilliseconds(_record.Idle);

    /// <summary>Ends: what the connection carried since its start event; null when that is not counted.</summary>
    public ConnectionTraffic? Traffic => _record.Traffic;

    /// <summary>The event in one line.</summary>
    public override string ToString() =>
        $"{Time:O} {NicId} {Kind} {Direction} {Protocol} {LocalAddress} {LocalPort} {RemoteAddress} {RemotePort} {(End is { } end ? $"{end} in {State}" : $"{Decision}")}";

    private IPAddress? AddressOf(UInt128 bits) =>
        _record.HasAddresses ? AddressBits.ToIPAddress(bits, Ethertype ?? SecurityGroups.Ethertype.IPv4) : null;
}
