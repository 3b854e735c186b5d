using System.Runtime.CompilerServices;

namespace SecurityGroups.Match;

/// <summary>Addresses and prefixes of both families, such as a NIC owns. Immutable, any thread, no allocation.</summary>
/// <remarks>A NIC has few, compared one after another; a family with more than <see cref="MaxScanned"/> is searched.</remarks>
internal sealed class AddressSet(AddressSet.Family narrow, AddressSet.Family wide)
{
    /// <summary>Most prefixes of a family that are compared one after another.</summary>
    public const int MaxScanned = 8;

    private readonly (uint Bits, uint Mask) _first = narrow.FirstNarrow;

    public static AddressSet Empty { get; } = new(new Family([], null, []), new Family([], null, []));

    public bool Contains(Ethertype ethertype, UInt128 address) => ethertype == Ethertype.IPv4 ? ContainsV4((uint)address) : wide.Contains(address);

    /// <summary>The same for IPv4. Most NICs have one address, which is compared here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ContainsV4(uint address) => (address & _first.Mask) == _first.Bits || narrow.ContainsNarrow(address);

    /// <summary>Whether the set has nothing of a family.</summary>
    public bool IsEmpty(Ethertype ethertype) => (ethertype == Ethertype.IPv4 ? narrow : wide).IsEmpty;

    /// <summary>What the set has of one family: a few prefixes, or the pieces of all addresses and whether each belongs to it.</summary>
    internal sealed class Family((UInt128 Bits, UInt128 Mask)[] prefixes, AddressPieces? pieces, bool[] belongs)
    {
        public bool IsEmpty => prefixes.Length == 0 && pieces is null;

        /// <summary>Of a family whose addresses have no more than 32 bits, the prefix that is compared first; one that no address has where there is none.</summary>
        public (uint Bits, uint Mask) FirstNarrow => prefixes.Length == 0 ? (1, 0) : ((uint)prefixes[0].Bits, (uint)prefixes[0].Mask);

        /// <summary>As <see cref="Contains"/>, for a family whose addresses have no more than 32 bits.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public bool ContainsNarrow(uint address)
        {
            if (pieces is not null)
            {
                return belongs[pieces.Find(address)];
            }

            foreach (ref readonly (UInt128 Bits, UInt128 Mask) prefix in prefixes.AsSpan())
            {
                if ((address & (uint)prefix.Mask) == (uint)prefix.Bits)
                {
                    return true;
                }
            }

            return false;
        }

        public bool Contains(UInt128 address)
        {
            if (pieces is not null)
            {
                return belongs[pieces.Find(address)];
            }

            foreach ((UInt128 bits, UInt128 mask) in prefixes)
            {
                if ((address & mask) == bits)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
