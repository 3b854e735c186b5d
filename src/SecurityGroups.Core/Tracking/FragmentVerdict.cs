namespace SecurityGroups.Tracking;

/// <summary>The verdict on a first fragment, which its later fragments get too, and what must be asked again when the rules change.</summary>
internal record struct FragmentVerdict
{
    /// <summary>The rule that admitted it, 0 when none did.</summary>
    public long RuleNumber { get; set; }

    /// <summary>Generation of the rules that admitted the datagram last.</summary>
    public uint Stamp { get; set; }

    /// <summary>The remote end that rules compare. Not the datagram's own where it is an ICMP error: that may come from any router.</summary>
    public UInt128 Remote { get; init; }

    /// <summary>What rules compare: destination port, ICMP type and code, of the packet that opened the connection or of this one.</summary>
    public ushort MatchPort { get; init; }

    /// <summary>The protocol that rules compare.</summary>
    public byte Protocol { get; init; }

    public Reason Reason { get; init; }

    /// <summary>Direction of the packet that the rules are to be asked about.</summary>
    public Direction Original { get; init; }

    /// <summary>Whether a connection holds the datagram, so that with <see cref="EstablishedConnections.KeepUntilIdle"/> a change does not matter.</summary>
    public bool IsOfConnection { get; init; }

    /// <summary>Whether the rules can be asked at all: not about a connection that was gone when its packet had been judged.</summary>
    public bool IsAskable { get; init; }
}
