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

    /// <summary>An IPv4-mapped IPv6 address as the IPv4 address it stands for; others as they are.</summary>
    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
