namespace SecurityGroups.Events;

/// <summary>An event as packets write it: numbers, and two strings that exist already. <see cref="FirewallEvent"/> shows it to people.</summary>
internal record struct EventRecord
{
    public string NicId;

    /// <summary>Ends: the last state in words.</summary>
    public string? State;

    public UInt128 Local;
    public UInt128 Remote;
    public Decision Decision;

    /// <summary>Milliseconds of the firewall's clock, modulo 2^38.</summary>
    public long Time;

    /// <summary>Ends: milliseconds without a packet that counted.</summary>
    public long Idle;

    /// <summary>Ends: null when traffic is not counted.</summary>
    public ConnectionTraffic? Traffic;

    public uint VlanIds;

    /// <summary>The ethertype field; 0 when it was not read.</summary>
    public ushort EtherType;

    public ushort LocalPort;
    public ushort RemotePort;
    public ushort IcmpIdentifier;

    /// <summary>Type in the high octet, code in the low; of a connection, its request's.</summary>
    public ushort IcmpTypeAndCode;

    public byte Protocol;
    public FirewallEventKind Kind;
    public Direction Direction;
    public ConnectionEnd End;

    /// <summary>Whether the ICMP members mean something.</summary>
    public bool HasIcmp;

    /// <summary>Whether addresses and protocol mean something.</summary>
    public bool HasAddresses;
}
