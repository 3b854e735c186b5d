using System.Runtime.InteropServices;

namespace SecurityGroups.Cli.Replay;

/// <summary>
/// Who owns an address: the fixed addresses, allowed prefixes and link-local addresses of the NICs, as the firewall counts them. A lookup asks
/// one hash table for each prefix length in use, longest first, so it costs the same for any number of NICs.
/// </summary>
internal sealed class AddressOwners
{
    private const int LinkLocalPrefixLength = 10;
    private static readonly UInt128 s_linkLocal = (UInt128)0xFE80 << 112;

    // One per ethertype, by prefix length, longest first.
    private readonly SortedList<int, Dictionary<UInt128, List<AddressOwner>>>[] _levels = [NewLevels(), NewLevels()];

    public void Add(JudgedNic nic)
    {
        bool hasLinkLocal = false;
        foreach (NicAddress address in nic.Nic.Addresses)
        {
            Ethertype ethertype = AddressBits.EthertypeOf(address.Address);
            hasLinkLocal |= Add(ethertype, AddressBits.From(address.Address), BitsOf(ethertype), nic);
        }

        foreach (Cidr allowed in nic.Nic.AllowedAddresses)
        {
            hasLinkLocal |= Add(allowed.Ethertype, allowed.Bits, allowed.PrefixLength, nic);
        }

        if (!hasLinkLocal)
        {
            AddLinkLocal(nic);
        }
    }

    /// <summary>Adds the owners of an address to a list, the most specific first.</summary>
    public void Find(Ethertype ethertype, UInt128 address, List<AddressOwner> owners)
    {
        foreach ((int prefixLength, Dictionary<UInt128, List<AddressOwner>> level) in _levels[(int)ethertype])
        {
            if (level.TryGetValue(Masked(ethertype, address, prefixLength), out List<AddressOwner>? found))
            {
                owners.AddRange(found);
            }
        }
    }

    private static SortedList<int, Dictionary<UInt128, List<AddressOwner>>> NewLevels() => new(Comparer<int>.Create((left, right) => right.CompareTo(left)));

    private static int BitsOf(Ethertype ethertype) => ethertype == Ethertype.IPv4 ? 32 : 128;

    private static UInt128 Masked(Ethertype ethertype, UInt128 address, int prefixLength) =>
        prefixLength == 0 ? UInt128.Zero : address & (UInt128.MaxValue << (BitsOf(ethertype) - prefixLength));

    // RFC 4291, appendix A: the hardware address with its universal bit turned and FFFE in the middle.
    private static UInt128 ModifiedEui64(ulong mac)
    {
        ulong turned = mac ^ 0x0200_0000_0000;
        return ((turned >> 24) << 40) | 0xFFFE_000000 | (turned & 0xFF_FFFF);
    }

    private void AddLinkLocal(JudgedNic nic)
    {
        if (nic.Mac != 0)
        {
            Add(Ethertype.IPv6, s_linkLocal | ModifiedEui64(nic.Mac), 128, nic);
        }
        else
        {
            Add(Ethertype.IPv6, s_linkLocal, LinkLocalPrefixLength, nic, isByDefault: true);
        }
    }

    /// <summary>Adds a prefix; true when it is link-local.</summary>
    private bool Add(Ethertype ethertype, UInt128 bits, int prefixLength, JudgedNic nic, bool isByDefault = false)
    {
        SortedList<int, Dictionary<UInt128, List<AddressOwner>>> levels = _levels[(int)ethertype];
        if (!levels.TryGetValue(prefixLength, out Dictionary<UInt128, List<AddressOwner>>? level))
        {
            levels.Add(prefixLength, level = []);
        }

        ref List<AddressOwner>? owners = ref CollectionsMarshal.GetValueRefOrAddDefault(level, bits, out _);
        (owners ??= []).Add(new AddressOwner(nic, prefixLength, isByDefault));
        return ethertype == Ethertype.IPv6 && prefixLength >= LinkLocalPrefixLength
            && Masked(Ethertype.IPv6, bits, LinkLocalPrefixLength) == s_linkLocal;
    }
}
