using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SecurityGroups;

/// <content>Names, as the OpenStack Neutron and STACKIT APIs spell them.</content>
public readonly partial record struct IpProtocol : ISpanParsable<IpProtocol>
{
    private const string AnyName = "any";

    // The first name of a number is the one written; later ones are only read.
    private static readonly (string Name, byte Number)[] s_names =
    [
        ("ah", 51), ("dccp", 33), ("egp", 8), ("esp", 50), ("gre", 47), ("icmp", 1), ("igmp", 2), ("ipip", 4), ("ipv6-encap", 41),
        ("ipv6-frag", 44), ("ipv6-icmp", 58), ("icmpv6", 58), ("ipv6-nonxt", 59), ("ipv6-opts", 60), ("ipv6-route", 43), ("ospf", 89),
        ("pgm", 113), ("rsvp", 46), ("sctp", 132), ("tcp", 6), ("udp", 17), ("udplite", 136), ("vrrp", 112),
    ];

    private static readonly string?[] s_nameByNumber = NameByNumber();

    /// <summary>The name in lower case (<c>tcp</c>, <c>ipv6-icmp</c>, <c>any</c>); null for a number without a name.</summary>
    public string? Name => IsAny ? AnyName : IsUnspecified ? null : s_nameByNumber[Number];

    /// <summary>Every name that <see cref="Parse(string)"/> knows.</summary>
    internal static IEnumerable<string> Names => s_names.Select(entry => entry.Name).Append(AnyName);

    /// <summary>Parses a name in any case, or a decimal number from 0 to 255 without leading zeros.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static IpProtocol Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text.AsSpan());
    }

    /// <summary>As <see cref="Parse(string)"/>.</summary>
    /// <exception cref="FormatException">The text is neither a name nor a number.</exception>
    public static IpProtocol Parse(ReadOnlySpan<char> text) => TryParse(text, out IpProtocol protocol)
        ? protocol
        : throw new FormatException($"'{AddressText.Shown(text)}' is not a protocol: write a name such as tcp, a number from 0 to 255, or any.");

    /// <summary>As <see cref="Parse(string)"/>, without exceptions.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpProtocol protocol) => TryParse(text.AsSpan(), out protocol);

    /// <summary>As <see cref="Parse(ReadOnlySpan{char})"/>, without exceptions.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpProtocol protocol)
    {
        protocol = default;
        if (StrictNumber.TryParse(text, byte.MaxValue, out int number))
        {
            protocol = FromNumber((byte)number);
        }
        else if (text.Equals(AnyName, StringComparison.OrdinalIgnoreCase))
        {
            protocol = Any;
        }
        else
        {
            protocol = FromName(text);
        }

        return !protocol.IsUnspecified;
    }

    static IpProtocol IParsable<IpProtocol>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static IpProtocol ISpanParsable<IpProtocol>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<IpProtocol>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out IpProtocol result) =>
        TryParse(s, out result);

    static bool ISpanParsable<IpProtocol>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out IpProtocol result) =>
        TryParse(s, out result);

    /// <summary>The name, or the number where there is none; empty for the default value.</summary>
    public override string ToString() => Name ?? (IsUnspecified ? "" : Number.ToString(CultureInfo.InvariantCulture));

    private static IpProtocol FromName(ReadOnlySpan<char> text)
    {
        foreach ((string name, byte number) in s_names)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return FromNumber(number);
            }
        }

        return default;
    }

    private static string?[] NameByNumber()
    {
        string?[] names = new string?[256];
        foreach ((string name, byte number) in s_names)
        {
            names[number] ??= name;
        }

        return names;
    }
}
