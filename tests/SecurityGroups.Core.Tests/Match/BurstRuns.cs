using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

/// <summary>Asks in bursts of every length what single calls answer.</summary>
internal static class BurstRuns
{
    /// <summary>Runs of 1, 2, 3 and so on up to a burst, then of 1 again, until all items are in one.</summary>
    public static IEnumerable<(int Start, int Length)> Cut(int items)
    {
        int length = 0;
        for (int start = 0; start < items; start += length)
        {
            length = Math.Min((length % MatchKey.MaxBurst) + 1, items - start);
            yield return (start, length);
        }
    }

    public static void AssertAgree(CompiledForm form, MatchKey[] keys, MembershipIndex members, int network)
    {
        foreach ((int start, int length) in Cut(keys.Length))
        {
            uint expected = 0;
            for (int i = 0; i < length; i++)
            {
                expected |= (form.IsAllowed(keys[start + i], members, network) ? 1u : 0) << i;
            }

            Assert.Equal(expected, form.AreAllowed(keys.AsSpan(start, length), members, network));
        }
    }
}
