namespace SecurityGroups.Match;

/// <summary>A member and its class; vacant without a class.</summary>
internal readonly record struct MemberEntry(MemberKey Key, MemberClass? Class);
