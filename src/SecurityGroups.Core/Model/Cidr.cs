using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace SecurityGroups;

/// <summary>
/// An address prefix with its original text: <c>192.168.1.77/24</c> matches as 192.168.1.0/24 and displays as written. Immutable.
/// Equal when family, masked prefix and prefix length are equal. Text is read strictly: four decimal octets without leading zeros, or IPv6 as
/// in RFC 4291; no zone id, no shorthand; an IPv4-mapped prefix stays IPv6.
/// </summary>
public sealed class Cidr : IEquatable<Cidr>, ISpanParsable<Cidr>
{
    internal Cidr(Ethertype ethertype, UInt128 bits, int prefixLength, string text)
    {
        Ethertype = ethertype;
        Bits = bits & AddressBits.Mask(ethertype, prefixLength);
        PrefixLength = prefixLength;
        Text = text;
    }

    /// <summary>IPv4 or IPv6.</summary>
    public Ethertype Ethertype { get; }

    /// <summary>Prefix length in bits: 0 to 32 or 0 to 128.</summary>
    public int PrefixLength { get; }

    /// <summary>The text it was made from, host bits included.</summary>
    public string Text { get; }

    /// <summary>The prefix as text without host bits: <c>192.168.1.0/24</c>.</summary>
    public string NormalizedText => $"{AddressBits.ToIPAddress(Bits, Ethertype)}/{PrefixLength}";

    /// <summary>The masked prefix in network order; IPv4 in the low 32 bits.</summary>
    internal UInt128 Bits { get; }

    /// <summary>One address as a prefix of its whole length; an IPv4-mapped one is unmapped.</summary>
    public static Cidr FromAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        IPAddress unmapped = AddressBits.WithoutScope(AddressBits.Unmap(address));
        Ethertype ethertype = AddressBits.EthertypeOf(unmapped);
        return new Cidr(ethertype, AddressBits.From(unmapped), AddressBits.Width(ethertype), unmapped.ToString());
    }

    /// <summary>A prefix of System.Net; an IPv4-mapped one is unmapped.</summary>
    /// <exception cref="ArgumentException">The network is 0.0.0.0/0, which is also what <c>default</c> is: the world is <see cref="Remote.Any"/>.</exception>
    public static Cidr FromNetwork(IPNetwork network)
    {
        IPAddress address = AddressBits.Unmap(network.BaseAddress);
        Ethertype ethertype = AddressBits.EthertypeOf(address);
        int prefixLength = network.BaseAddress.IsIPv4MappedToIPv6 ? network.PrefixLength - 96 : network.PrefixLength;
        if (ethertype == Ethertype.IPv4 && prefixLength <= 0)
        {
            throw new ArgumentException("default(IPNetwork) is 0.0.0.0/0; for every address write Remote.Any.", nameof(network));
        }

        address = AddressBits.WithoutScope(address);
        return new Cidr(ethertype, AddressBits.From(address), prefixLength, $"{address}/{prefixLength}");
    }

    /// <summary>Parses CIDR text, or a bare address as /32 or /128, strictly: no leading zeros, no shorthand, no zone id.</summary>
    /// <exception cref="FormatException">The text is not strict CIDR.</exception>
    public static Cidr Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Cidr? cidr) ? cidr : throw NotCidr(text);
    }

    /// <summary>As <see cref="Parse(string)"/>.</summary>
    /// <exception cref="FormatException">The text is not strict CIDR.</exception>
    public static Cidr Parse(ReadOnlySpan<char> text) => TryParse(text, out Cidr? cidr) ? cidr : throw NotCidr(text);

    /// <summary>As <see cref="Parse(string)"/>, without exceptions.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Cidr? cidr)
    {
        cidr = null;
        return text is not null && TryParseCore(text, text, out cidr);
    }

    /// <summary>As <see cref="Parse(ReadOnlySpan{char})"/>, without exceptions.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Cidr? cidr) => TryParseCore(text, null, out cidr);

    static Cidr IParsable<Cidr>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static Cidr ISpanParsable<Cidr>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Cidr>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Cidr result) =>
        TryParse(s, out result);

    static bool ISpanParsable<Cidr>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out Cidr result) =>
        TryParse(s, out result);

    /// <summary>Whether every address of the other prefix is in this one too.</summary>
    public bool Contains(Cidr other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Ethertype == other.Ethertype && PrefixLength <= other.PrefixLength
            && (other.Bits & AddressBits.Mask(Ethertype, PrefixLength)) == Bits;
    }

    /// <inheritdoc/>
    public bool Equals(Cidr? other) =>
        other is not null && Ethertype == other.Ethertype && PrefixLength == other.PrefixLength && Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Cidr);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Ethertype, PrefixLength, Bits);

    /// <summary>The text it was made from.</summary>
    public override string ToString() => Text;

    private static bool TryParseCore(ReadOnlySpan<char> characters, string? text, [NotNullWhen(true)] out Cidr? cidr)
    {
        cidr = AddressText.TryParsePrefix(characters, out Ethertype ethertype, out UInt128 bits, out int? prefixLength)
            ? new Cidr(ethertype, bits, prefixLength ?? AddressBits.Width(ethertype), text ?? characters.ToString())
            : null;
        return cidr is not null;
    }

    private static FormatException NotCidr(ReadOnlySpan<char> text) =>
        new($"'{AddressText.Shown(text)}' is not an address or prefix: {AddressText.Explain(text)}.");
}
