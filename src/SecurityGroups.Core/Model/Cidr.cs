using System.Net;

namespace SecurityGroups;

/// <summary>
/// An address prefix with its original text: <c>192.168.1.77/24</c> matches as 192.168.1.0/24 and displays as written.
/// Equal when family, masked prefix and prefix length are equal.
/// </summary>
public sealed class Cidr : IEquatable<Cidr>
{
    internal Cidr(Ethertype ethertype, UInt128 bits, int prefixLength, string text)
    {
        Ethertype = ethertype;
        Bits = bits;
        PrefixLength = prefixLength;
        Text = text;
    }

    /// <summary>IPv4 or IPv6.</summary>
    public Ethertype Ethertype { get; }

    /// <summary>Prefix length in bits: 0 to 32 or 0 to 128.</summary>
    public int PrefixLength { get; }

    /// <summary>The text it was made from, host bits included.</summary>
    public string Text { get; }

    /// <summary>The masked prefix in network order; IPv4 in the low 32 bits.</summary>
    internal UInt128 Bits { get; }

    /// <inheritdoc/>
    public bool Equals(Cidr? other) =>
        other is not null && Ethertype == other.Ethertype && PrefixLength == other.PrefixLength && Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Cidr);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Ethertype, PrefixLength, Bits);

    /// <summary>Parses CIDR text, or a bare address as /32 or /128, strictly: no leading zeros, no shorthand, no zone id.</summary>
    /// <exception cref="FormatException">The text is not strict CIDR.</exception>
    public static Cidr Parse(string text) => TryParse(text, out Cidr? cidr) ? cidr : throw new FormatException($"'{text}' is not CIDR text.");

    /// <summary>As <see cref="Parse"/>, without exceptions.</summary>
    public static bool TryParse([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Cidr? cidr)
    {
        cidr = null;
        int slash = text?.IndexOf('/') ?? -1;
        if (text is null || !IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out IPAddress? address))
        {
            return false;
        }

        int bits = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128;
        int length = slash < 0 ? bits : int.Parse(text.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture);
        UInt128 value = AddressBits.From(address);
        UInt128 mask = length == 0 ? UInt128.Zero : UInt128.MaxValue << (bits - length);
        cidr = new Cidr(bits == 32 ? Ethertype.IPv4 : Ethertype.IPv6, value & mask, length, text);
        return true;
    }
}
