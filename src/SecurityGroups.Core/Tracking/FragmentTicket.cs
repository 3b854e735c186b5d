namespace SecurityGroups.Tracking;

/// <summary>Whether a first fragment may be judged, and where its verdict then goes.</summary>
/// <param name="Refusal"><see cref="Reason.NotEvaluated"/> = judge it; otherwise why it is denied unjudged.</param>
/// <param name="Index">The entry.</param>
/// <param name="Generation">The datagram among those that the entry serves.</param>
internal readonly record struct FragmentTicket(Reason Refusal, uint Index = 0, uint Generation = 0);
