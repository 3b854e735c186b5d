namespace SecurityGroups;

/// <summary>Decimal numbers as policies may write them: ASCII digits only, no sign, no leading zero (some parsers read <c>010</c> as octal).</summary>
internal static class StrictNumber
{
    private const int MaxDigits = 9;

    /// <summary>A number from 0 to <paramref name="max"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, int max, out int value)
    {
        value = 0;
        if (text.Length is 0 or > MaxDigits || (text.Length > 1 && text[0] == '0'))
        {
            return false;
        }

        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return value <= max;
    }
}
