namespace SecurityGroups.Tracking;

/// <summary>A connection outside the table, free of its clock and its zone: what is saved of it, and what it is restored from.</summary>
internal struct ConnectionImage
{
    /// <summary>Its zone means nothing until the connection is restored.</summary>
    public FlowKey Key;

    /// <summary>Its time means nothing; <see cref="IdleMilliseconds"/> does.</summary>
    public ConnectionState State;

    /// <summary>Time since the last packet that counted.</summary>
    public long IdleMilliseconds;

    /// <summary>All but TCP: time since the first packet.</summary>
    public long AgeMilliseconds;

    /// <summary>TCP only.</summary>
    public TcpSide Initiator;

    /// <summary>TCP only.</summary>
    public TcpSide Responder;

    /// <summary>What it carried; null when that was not counted.</summary>
    public ConnectionTraffic? Traffic;

    /// <summary>TCP only; valid while the state has one.</summary>
    public TcpHint Hint;
}
