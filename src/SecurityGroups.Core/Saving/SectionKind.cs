namespace SecurityGroups.Saving;

/// <summary>What a section of a stream holds; in the order in which they come.</summary>
internal enum SectionKind : uint
{
    Nics = 1,
    Connections = 2,
    End = 3,
}
