using System.Net;

namespace SecurityGroups;

/// <summary>A fixed address of a NIC, with the prefix length of its network where that is known. IPv4-mapped addresses are unmapped.</summary>
public sealed record NicAddress
{
    /// <summary>An address, optionally with the prefix length of its network, whose directed broadcast then counts as broadcast (IPv4).</summary>
    public NicAddress(IPAddress address, int? prefixLength = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = AddressBits.Unmap(address);
        PrefixLength = prefixLength;
    }

    /// <summary>The address.</summary>
    public IPAddress Address { get; }

    /// <summary>Prefix length of the network it lies in; null = not known.</summary>
    public int? PrefixLength { get; }

    /// <summary>An address without its network.</summary>
    public static implicit operator NicAddress(IPAddress address) => new(address);
}
