using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace SecurityGroups;

/// <summary>
/// A fixed address of a NIC, with the prefix length of its network where that is known. Immutable. An <see cref="IPAddress"/> that is
/// IPv4-mapped is unmapped and a zone is left out; text is read strictly.
/// </summary>
public sealed record NicAddress : ISpanParsable<NicAddress>
{
    /// <summary>An address, optionally with the prefix length of its network, whose directed broadcast then counts as broadcast (IPv4).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prefix length is not 0 to 32 (IPv4) or 0 to 128 (IPv6).</exception>
    public NicAddress(IPAddress address, int? prefixLength = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = AddressBits.WithoutScope(AddressBits.Unmap(address));
        if (prefixLength is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(prefixLength));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, AddressBits.Width(Ethertype), nameof(prefixLength));
        }

        PrefixLength = prefixLength;
    }

    /// <summary>The address.</summary>
    public IPAddress Address { get; }

    /// <summary>Prefix length of the network it lies in; null = not known.</summary>
    public int? PrefixLength { get; }

    /// <summary>IPv4 or IPv6.</summary>
    public Ethertype Ethertype => AddressBits.EthertypeOf(Address);

    /// <summary>An address without its network.</summary>
    public static implicit operator NicAddress(IPAddress address) => new(address);

    /// <summary>Parses an address, with or without a prefix length, strictly: no leading zeros, no zone id, not IPv4-mapped.</summary>
    /// <exception cref="FormatException">The text is not a strict address.</exception>
    public static NicAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text.AsSpan());
    }

    /// <summary>As <see cref="Parse(string)"/>.</summary>
    /// <exception cref="FormatException">The text is not a strict address.</exception>
    public static NicAddress Parse(ReadOnlySpan<char> text) => TryParse(text, out NicAddress? address)
        ? address
        : throw new FormatException($"'{AddressText.Shown(text)}' is not an address of a NIC: {Explain(text)}.");

    /// <summary>As <see cref="Parse(string)"/>, without exceptions.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NicAddress? address) =>
        TryParse(text.AsSpan(), out address);

    /// <summary>As <see cref="Parse(ReadOnlySpan{char})"/>, without exceptions.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out NicAddress? address)
    {
        address = null;

        // Text that says IPv4-mapped is refused: read as IPv6 it would own nothing, read as IPv4 it would not be what is written.
        if (!AddressText.TryParsePrefix(text, out Ethertype ethertype, out UInt128 bits, out int? prefixLength)
            || (ethertype == Ethertype.IPv6 && AddressBits.IsMapped(bits)))
        {
            return false;
        }

        address = new NicAddress(AddressBits.ToIPAddress(bits, ethertype), prefixLength);
        return true;
    }

    static NicAddress IParsable<NicAddress>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static NicAddress ISpanParsable<NicAddress>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<NicAddress>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out NicAddress result) =>
        TryParse(s, out result);

    static bool ISpanParsable<NicAddress>.TryParse(
        ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out NicAddress result) => TryParse(s, out result);

    /// <summary>The address as text, <c>10.0.0.10</c> or <c>10.0.0.10/24</c>.</summary>
    public override string ToString() => PrefixLength is { } length ? $"{Address}/{length}" : Address.ToString();

    /// <summary>What is wrong with text that did not parse, as the end of a sentence.</summary>
    internal static string Explain(ReadOnlySpan<char> text) =>
        AddressText.TryParsePrefix(text, out _, out _, out _) ? "write an IPv4-mapped address as the IPv4 address it stands for" : AddressText.Explain(text);
}
