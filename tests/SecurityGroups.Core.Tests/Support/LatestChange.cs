namespace SecurityGroups.Tests.Support;

/// <summary>When something changed, found by asking only whether it is unchanged since a generation.</summary>
internal static class LatestChange
{
    /// <summary>The first generation up to <paramref name="latest"/> that it is unchanged since.</summary>
    public static uint Find(uint latest, Func<uint, bool> isUnchangedSince)
    {
        uint stamp = latest;
        while (stamp > 0 && isUnchangedSince(stamp - 1))
        {
            stamp--;
        }

        return stamp;
    }
}
