namespace SecurityGroups.Tests.Support;

/// <summary>An address with its family, as the reference model sees it: plain questions, no tables.</summary>
internal readonly record struct ReferenceAddress(Ethertype Family, UInt128 Bits)
{
    public bool IsUnspecified => Bits == 0;

    public bool IsMulticast => IsIn("224.0.0.0/4", "ff00::/8");

    public bool IsLoopback => IsIn("127.0.0.0/8", "::1/128");

    public bool IsLinkLocal => IsIn("169.254.0.0/16", "fe80::/10");

    public bool IsLimitedBroadcast => IsIn("255.255.255.255/32", null);

    public static ReferenceAddress Parse(string text) => Of(System.Net.IPAddress.Parse(text));

    public static ReferenceAddress Of(System.Net.IPAddress address) => FromOctets(address.GetAddressBytes());

    public static ReferenceAddress FromOctets(ReadOnlySpan<byte> octets)
    {
        UInt128 bits = 0;
        foreach (byte octet in octets)
        {
            bits = (bits << 8) | octet;
        }

        return new ReferenceAddress(octets.Length == 4 ? Ethertype.IPv4 : Ethertype.IPv6, bits);
    }

    /// <summary>Compares the first bits one by one.</summary>
    public bool IsIn(ReferenceAddress prefix, int prefixLength)
    {
        int width = Family == Ethertype.IPv4 ? 32 : 128;
        bool same = prefix.Family == Family;
        for (int i = 1; same && i <= prefixLength; i++)
        {
            same = ((Bits >> (width - i)) & 1) == ((prefix.Bits >> (width - i)) & 1);
        }

        return same;
    }

    public bool IsIn(string cidr)
    {
        string[] parts = cidr.Split('/');
        ReferenceAddress prefix = Parse(parts[0]);
        return IsIn(prefix, parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : prefix.Family == Ethertype.IPv4 ? 32 : 128);
    }

    public bool IsIn(Cidr cidr) => IsIn(cidr.Text);

    public override string ToString() => AddressBits.ToIPAddress(Bits, Family).ToString();

    private bool IsIn(string ipv4, string? ipv6) => Family == Ethertype.IPv4 ? IsIn(ipv4) : ipv6 is not null && IsIn(ipv6);
}
