using System.Net;

namespace SecurityGroups;

/// <summary>A tracked connection as it was at one moment.</summary>
public sealed record ConnectionInfo
{
    internal ConnectionInfo()
    {
    }

    /// <summary>The NIC that tracks it.</summary>
    public required string NicId { get; init; }

    /// <summary>The address family.</summary>
    public required Ethertype Ethertype { get; init; }

    /// <summary>The IP protocol.</summary>
    public required IpProtocol Protocol { get; init; }

    /// <summary>The address of the instance's end.</summary>
    public required IPAddress LocalAddress { get; init; }

    /// <summary>The address of the other end.</summary>
    public required IPAddress RemoteAddress { get; init; }

    /// <summary>The instance's port; 0 for protocols without ports.</summary>
    public int LocalPort { get; init; }

    /// <summary>The other end's port; 0 for protocols without ports.</summary>
    public int RemotePort { get; init; }

    /// <summary>ICMP queries: the identifier; null for other protocols.</summary>
    public int? IcmpIdentifier { get; init; }

    /// <summary>ICMP queries: type of the request; null for other protocols.</summary>
    public int? IcmpType { get; init; }

    /// <summary>ICMP queries: code; null for other protocols.</summary>
    public int? IcmpCode { get; init; }

    /// <summary>VLAN ids of its frames: outer in bits 12 to 23, inner or single in bits 0 to 11; 0 = untagged.</summary>
    public int VlanIds { get; init; }

    /// <summary>Which way the first packet went: egress = the instance is the initiator.</summary>
    public required Direction Initiated { get; init; }

    /// <summary>
    /// TCP: synSent, synReceived, established, finWait, closeWait, lastAck, timeWait or close; UDP: unreplied, replied or stream; others:
    /// unreplied or replied.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Time since its last packet that counted.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>When it expires unless a packet comes.</summary>
    public required TimeSpan ExpiresIn { get; init; }

    /// <summary>Whether it was revoked: the rules no longer allow it and its packets are denied.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>What it carried; null unless <see cref="ConnectionTrackingOptions.CountTraffic"/>. Of a revoked one: until it was revoked.</summary>
    public ConnectionTraffic? Traffic { get; init; }
}
