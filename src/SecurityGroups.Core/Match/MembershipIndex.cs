using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SecurityGroups.Match;

/// <summary>
/// Which security groups an address belongs to: (network, ethertype, address) to an interned set of group numbers. Immutable and
/// persistent: a member that joins or leaves makes a new index that shares all but a path with the old one.
/// </summary>
/// <remarks>
/// A hash trie (see <see cref="MemberTrie"/>) keyed by prefixes, an address being the longest: an address is looked up once for each prefix
/// length that members of its network have, which is once where nobody has allowed prefixes. Several NICs may contribute one address, and
/// one group several times; classes count. Link-local, multicast and loopback addresses and very short prefixes never are members
/// (semantics 22, decisions). Cost: a lookup 4 dependent loads, no allocation; a change a few microseconds and about 5 KB, at any size. Any
/// thread may read;
/// <see cref="With"/> is called under the writer's lock.
/// </remarks>
internal sealed class MembershipIndex
{
    private const int ShortestMember4 = 8;
    private const int ShortestMember6 = 16;
    private readonly object? _root;
    private readonly PrefixLengths _lengths;
    private readonly ImmutableDictionary<MemberClass, int> _classes;
    private readonly ChangeStamps _stamps;

    private MembershipIndex(object? root, PrefixLengths lengths, ImmutableDictionary<MemberClass, int> classes, ChangeStamps stamps)
    {
        _root = root;
        _lengths = lengths;
        _classes = classes;
        _stamps = stamps;
    }

    public static MembershipIndex Empty { get; } =
        new(null, SecurityGroups.Match.PrefixLengths.Empty, ImmutableDictionary<MemberClass, int>.Empty, ChangeStamps.Empty);

    /// <summary>Whether an address or prefix may stand for members of a group.</summary>
    public static bool CanBeMember(Ethertype ethertype, UInt128 bits, int prefixLength) =>
        prefixLength >= (ethertype == Ethertype.IPv4 ? ShortestMember4 : ShortestMember6) && !IsNeverMember(ethertype, bits);

    /// <summary>The lengths of prefixes to ask <see cref="Find"/> about for an address, longest first.</summary>
    public ReadOnlySpan<byte> PrefixLengths(int network, Ethertype ethertype, UInt128 address)
    {
        ReadOnlySpan<byte> lengths = _lengths.Of(network, ethertype);
        return lengths.IsEmpty || IsNeverMember(ethertype, address) ? [] : lengths;
    }

    /// <summary>The class of the member that is this address's prefix of some length, or null.</summary>
    public MemberClass? Find(int network, Ethertype ethertype, UInt128 address, int prefixLength) =>
        MemberTrie.Find(_root, new MemberKey(network, ethertype, address & Mask(ethertype, prefixLength), prefixLength));

    /// <summary>Whether no change in a later generation than <paramref name="stamp"/> can concern an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUnchangedSince(uint stamp, int network, Ethertype ethertype, UInt128 address) =>
        _stamps.IsUnchangedSince(stamp, address, MemberKey.ScopeOf(network, ethertype, (int)AddressLength(ethertype)));

    /// <summary>
    /// The index after some changes, which count as made in <paramref name="generation"/>. Those that cannot be members are left out.
    /// </summary>
    public MembershipIndex With(IEnumerable<MemberChange> changes, uint generation)
    {
        List<PendingChange> pending = [];
        foreach (MemberChange change in changes)
        {
            if (!change.Groups.IsEmpty && CanBeMember(change.Ethertype, change.Bits, change.PrefixLength))
            {
                MemberKey key = new(change.Network, change.Ethertype, change.Bits, change.PrefixLength);
                pending.Add(new PendingChange(key, pending.Count, change));
            }
        }

        if (pending.Count == 0)
        {
            return this;
        }

        pending.Sort();
        MemberTrieEditor editor = new(_classes);
        object? root = editor.Apply(_root, 0, CollectionsMarshal.AsSpan(pending));
        return new MembershipIndex(root, _lengths.With(pending), editor.Classes(), _stamps.With(editor.Changed, generation));
    }

    private static uint AddressLength(Ethertype ethertype) => ethertype == Ethertype.IPv4 ? 32u : 128u;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt128 Mask(Ethertype ethertype, int prefixLength) => prefixLength == AddressLength(ethertype)
        ? UInt128.MaxValue
        : UInt128.MaxValue << ((int)AddressLength(ethertype) - prefixLength);

    private static bool IsNeverMember(Ethertype ethertype, UInt128 address) => ethertype == Ethertype.IPv4
        ? IsNeverMember((uint)address)
        : IsNeverMember((ulong)(address >> 64), (ulong)address);

    // 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/4
    private static bool IsNeverMember(uint address) => address >> 24 == 127 || address >> 16 == 0xa9fe || address >> 28 == 0xe;

    // ::1, fe80::/10, ff00::/8
    private static bool IsNeverMember(ulong high, ulong low) => (high == 0 && low == 1) || high >> 54 == 0x3fa || high >> 56 == 0xff;
}
