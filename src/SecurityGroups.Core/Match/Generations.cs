namespace SecurityGroups.Match;

/// <summary>The order of generations by their low 32 bits.</summary>
internal static class Generations
{
    /// <summary>Whether what was checked at <paramref name="stamp"/> knows of a change made in generation <paramref name="change"/>.</summary>
    /// <remarks>Serial comparison: generations wrap after 2^32 updates, and a live connection is stamped anew at every packet.</remarks>
    public static bool IsSince(uint stamp, uint change) => (int)(stamp - change) >= 0;
}
