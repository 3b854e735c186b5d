namespace SecurityGroups.Tracking;

/// <summary>What is told of a connection that begins, beside its entry: what it carried so far and what admitted it.</summary>
/// <param name="Traffic">Usually the first packet.</param>
/// <param name="Decision">The decision on the first packet.</param>
internal readonly record struct Opening(ConnectionTraffic Traffic, Decision Decision);
