namespace SecurityGroups;

/// <summary>Orders JSON paths as a reader of the policy meets them: groups, address groups, NICs; numbers by value.</summary>
internal sealed class PathOrder : IComparer<string>
{
    private static readonly string[] s_sections = ["securityGroups", "addressGroups", "nics"];

    public static PathOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x;
        ReadOnlySpan<char> right = y;
        int bySection = SectionOf(left).CompareTo(SectionOf(right));
        return bySection != 0 ? bySection : CompareNaturally(left, right);
    }

    private static int SectionOf(ReadOnlySpan<char> path)
    {
        for (int section = 0; section < s_sections.Length; section++)
        {
            if (path.StartsWith(s_sections[section], StringComparison.Ordinal))
            {
                return section;
            }
        }

        return -1;
    }

    private static int CompareNaturally(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int same = left.CommonPrefixLength(right);
        while (same > 0 && char.IsAsciiDigit(left[same - 1]))
        {
            same--;
        }

        left = left[same..];
        right = right[same..];
        int byDigits = DigitsOf(left).CompareTo(DigitsOf(right));
        return byDigits != 0 ? byDigits : left.CompareTo(right, StringComparison.Ordinal);
    }

    // Indexes are written without leading zeros, so a longer one is a greater one.
    private static int DigitsOf(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
