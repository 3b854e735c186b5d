namespace SecurityGroups.Tracking;

/// <summary>
/// What the tracker asks about rules without seeing them; implemented by a struct that closes over one ruleset and one NIC, so that the
/// calls are inlined.
/// </summary>
internal interface IConnectionPolicy
{
    /// <summary>The number of the ruleset in hand: what a connection is stamped with when it was checked.</summary>
    uint Generation { get; }

    /// <summary>Whether a connection checked at <paramref name="stamp"/> needs no new check: nothing that concerns it has changed since.</summary>
    bool IsCurrent(uint stamp, in FlowKey key);

    /// <summary>Whether the rules now admit the first packet of this connection, sent in <paramref name="direction"/>.</summary>
    bool Allows(Direction direction, in FlowKey key);
}
