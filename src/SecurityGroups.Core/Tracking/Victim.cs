namespace SecurityGroups.Tracking;

/// <summary>A connection that may go to make room, and what decides between two of them.</summary>
/// <param name="Index">Its entry.</param>
/// <param name="Order">0 = it is over anyway; otherwise its rank plus one.</param>
/// <param name="Weight">How many of its rank its zone has.</param>
/// <param name="IdleMilliseconds">Its age.</param>
internal readonly record struct Victim(uint Index, int Order, int Weight, long IdleMilliseconds)
{
    /// <summary>Nothing may go.</summary>
    public static Victim None => new(0, int.MaxValue, 0, 0);

    public bool IsOver => Order == 0;

    public bool IsNone => Order == int.MaxValue;

    /// <summary>
    /// Lowest rank, then the zone that has the most of it (who floods gives first, so that a flood at one NIC does not end the handshakes of
    /// another), then the longest idle.
    /// </summary>
    public bool GoesBefore(in Victim other) =>
        (Order, -Weight, -IdleMilliseconds).CompareTo((other.Order, -other.Weight, -other.IdleMilliseconds)) < 0;
}
