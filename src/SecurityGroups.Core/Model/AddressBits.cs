using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SecurityGroups;

/// <summary>
/// Addresses as 128-bit numbers, the form that everything behind the public types uses: most significant bit first,
/// IPv4 in the low 32 bits, the family kept beside it.
/// </summary>
internal static class AddressBits
{
    /// <summary>Bits of an address: 32 or 128.</summary>
    public static int Width(Ethertype ethertype) => ethertype == Ethertype.IPv4 ? 32 : 128;

    /// <summary>The bits that a prefix length fixes, as a mask; IPv4 in the low 32 bits.</summary>
    public static UInt128 Mask(Ethertype ethertype, int prefixLength)
    {
        int width = Width(ethertype);
        UInt128 all = UInt128.MaxValue >> (128 - width);

        // A shift by the whole width would be a shift by nothing.
        return prefixLength == 0 ? UInt128.Zero : all & (UInt128.MaxValue << (width - prefixLength));
    }

    public static UInt128 From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        bool written = address.TryWriteBytes(octets, out int count);
        System.Diagnostics.Debug.Assert(written, "16 octets hold every address");
        return count == 4 ? BinaryPrimitives.ReadUInt32BigEndian(octets) : BinaryPrimitives.ReadUInt128BigEndian(octets);
    }

    public static IPAddress ToIPAddress(UInt128 bits, Ethertype ethertype)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, bits);
        return new IPAddress(ethertype == Ethertype.IPv4 ? octets[12..] : octets);
    }

    /// <summary>The family of an address; an IPv4-mapped one counts as IPv6 here, public doors unmap first.</summary>
    public static Ethertype EthertypeOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? Ethertype.IPv4 : Ethertype.IPv6;

    /// <summary>Whether bits of an IPv6 address are IPv4-mapped: ::ffff:0:0/96.</summary>
    public static bool IsMapped(UInt128 bits) => bits >> 32 == 0xFFFF;

    /// <summary>An IPv4-mapped IPv6 address as the IPv4 address it stands for; others as they are.</summary>
    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>An IPv6 address without its zone, which policies do not know; others as they are.</summary>
    public static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
}
