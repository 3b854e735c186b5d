using System.Globalization;

namespace SecurityGroups.Cli.Output;

/// <summary>Addresses as text: dotted decimal, and the one form of RFC 5952 for IPv6 (which <c>IPAddress</c> leaves for some prefixes).</summary>
internal static class AddressFormat
{
    /// <summary>Characters of the longest address.</summary>
    public const int MaxLength = 39;

    private const int Groups = 8;

    public static string ToText(UInt128 address, bool isIPv6)
    {
        Span<char> text = stackalloc char[MaxLength];
        return text[..Write(address, isIPv6, text)].ToString();
    }

    /// <summary>Writes an address into at least <see cref="MaxLength"/> characters and returns how many it took.</summary>
    public static int Write(UInt128 address, bool isIPv6, Span<char> text)
    {
        if (isIPv6)
        {
            return WriteIPv6(address, text);
        }

        uint bits = (uint)address;
        text.TryWrite(CultureInfo.InvariantCulture, $"{bits >> 24}.{(bits >> 16) & 0xFF}.{(bits >> 8) & 0xFF}.{bits & 0xFF}", out int written);
        return written;
    }

    private static int WriteIPv6(UInt128 address, Span<char> text)
    {
        (int zeroStart, int zeroCount) = LongestZeros(address);
        int written = 0;
        for (int i = 0; i < Groups; i++)
        {
            if (i == zeroStart)
            {
                written += Put(text[written..], "::");
                i += zeroCount - 1;
                continue;
            }

            if (i > 0 && i != zeroStart + zeroCount)
            {
                written += Put(text[written..], ":");
            }

            Group(address, i).TryFormat(text[written..], out int digits, "x", CultureInfo.InvariantCulture);
            written += digits;
        }

        return written;
    }

    /// <summary>The first of the longest runs of zero groups; a single group is no run (RFC 5952, 4.2).</summary>
    private static (int Start, int Count) LongestZeros(UInt128 address)
    {
        (int Start, int Count) longest = (-Groups, 1);
        int start = 0;
        for (int i = 0; i < Groups; i++)
        {
            if (Group(address, i) != 0)
            {
                start = i + 1;
            }
            else if (i + 1 - start > longest.Count)
            {
                longest = (start, i + 1 - start);
            }
        }

        return longest;
    }

    private static ushort Group(UInt128 address, int index) => (ushort)(address >> (16 * (Groups - 1 - index)));

    private static int Put(Span<char> text, string characters)
    {
        characters.CopyTo(text);
        return characters.Length;
    }
}
