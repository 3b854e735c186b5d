namespace SecurityGroups;

/// <summary>
/// The strict reader of IP addresses: four decimal octets without leading zeros, or the text forms of RFC 4291 section 2.2 (groups of one to
/// four hexadecimal digits, one <c>::</c>, a dotted quad at the end). No zone id, no shorthand, no brackets. The parsers of System.Net read
/// <c>010.0.0.0</c> as 8.0.0.0 and <c>10</c> as 0.0.0.10, so none of them ever sees policy text.
/// </summary>
internal static class AddressText
{
    private const int Groups = 8;
    private const int ShownCharacters = 64;

    /// <summary>Reads one address; an IPv4-mapped one is IPv6.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ethertype ethertype, out UInt128 bits)
    {
        bool isIPv6 = text.Contains(':');
        ethertype = isIPv6 ? Ethertype.IPv6 : Ethertype.IPv4;
        return isIPv6 ? TryParseIPv6(text, out bits) : TryParseIPv4(text, out bits);
    }

    /// <summary>Reads an address with an optional <c>/</c> and prefix length; without one the length is null.</summary>
    public static bool TryParsePrefix(ReadOnlySpan<char> text, out Ethertype ethertype, out UInt128 bits, out int? prefixLength)
    {
        prefixLength = null;
        int slash = text.IndexOf('/');
        if (!TryParse(slash < 0 ? text : text[..slash], out ethertype, out bits))
        {
            return false;
        }

        if (slash < 0)
        {
            return true;
        }

        bool isLength = StrictNumber.TryParse(text[(slash + 1)..], AddressBits.Width(ethertype), out int length);
        prefixLength = length;
        return isLength;
    }

    /// <summary>What is wrong with text that did not parse, as the end of a sentence.</summary>
    public static string Explain(ReadOnlySpan<char> text)
    {
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> address = slash < 0 ? text : text[..slash];
        return address switch
        {
            _ when address.Contains('%') => "leave out the zone id",
            _ when !address.Contains(':') && address.Count('.') < 3 => "write all four octets",
            _ when TryParse(address, out Ethertype family, out _) => $"write a prefix length from 0 to {AddressBits.Width(family)} without leading zeros",
            _ when !address.Contains(':') => "write four decimal octets from 0 to 255 without leading zeros",
            _ => "write an address as in 2001:db8::1 or a prefix as in 2001:db8::/32",
        };
    }

    /// <summary>Text as error messages quote it: never longer than a line.</summary>
    public static string Shown(ReadOnlySpan<char> text) => text.Length <= ShownCharacters ? text.ToString() : $"{text[..ShownCharacters]}...";

    private static bool TryParseIPv4(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        int octets = 0;
        foreach (Range range in text.Split('.'))
        {
            if (++octets > 4 || !StrictNumber.TryParse(text[range], byte.MaxValue, out int octet))
            {
                return false;
            }

            bits = (bits << 8) | (uint)octet;
        }

        return octets == 4;
    }

    private static bool TryParseIPv6(ReadOnlySpan<char> text, out UInt128 bits)
    {
        int gap = text.IndexOf("::");
        if (gap < 0)
        {
            return TryParseGroups(text, mayEndInIPv4: true, out bits, out int count) && count == Groups;
        }

        // "::" stands for one or more groups of zeros (RFC 4291), so at most seven may be written beside it.
        bool isRead = TryParseGroups(text[..gap], mayEndInIPv4: false, out UInt128 left, out int leftCount)
            & TryParseGroups(text[(gap + 2)..], mayEndInIPv4: true, out UInt128 right, out int rightCount);
        bits = leftCount == 0 ? right : (left << (16 * (Groups - leftCount))) | right;
        return isRead && leftCount + rightCount < Groups;
    }

    private static bool TryParseGroups(ReadOnlySpan<char> text, bool mayEndInIPv4, out UInt128 bits, out int count)
    {
        bits = 0;
        count = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        int last = text.LastIndexOf(':') + 1;
        foreach (Range range in text.Split(':'))
        {
            ReadOnlySpan<char> group = text[range];
            bool isIPv4 = mayEndInIPv4 && range.Start.Value == last && group.Contains('.');
            if (!(isIPv4 ? TryParseIPv4(group, out UInt128 value) : TryParseGroup(group, out value)) || count == Groups)
            {
                return false;
            }

            bits = (bits << (isIPv4 ? 32 : 16)) | value;
            count += isIPv4 ? 2 : 1;
        }

        return count <= Groups;
    }

    private static bool TryParseGroup(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = 0;
        if (text.Length is 0 or > 4)
        {
            return false;
        }

        foreach (char digit in text)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }

            value = (value << 4) | (uint)(char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return true;
    }
}
