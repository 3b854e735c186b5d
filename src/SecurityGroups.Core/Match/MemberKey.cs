using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace SecurityGroups.Match;

/// <summary>A member of a network: its prefix, and network, ethertype and prefix length in one number, with their hash.</summary>
/// <remarks>
/// The hash multiplies under secrets of this process, so that a tenant cannot choose addresses that fall into one chunk of the index.
/// </remarks>
internal readonly struct MemberKey
{
    private static readonly ulong s_highSecret = Secret();
    private static readonly ulong s_lowSecret = Secret();
    private static readonly ulong s_scopeSecret = Secret();

    public readonly UInt128 Bits;
    public readonly ulong Hash;
    public readonly ulong Scope;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MemberKey(int network, Ethertype ethertype, UInt128 bits, int prefixLength)
    {
        Bits = bits;
        Scope = ScopeOf(network, ethertype, prefixLength);
        Hash = HashOf(bits, Scope);
    }

    /// <summary>Whether the member is an address, not a prefix.</summary>
    public bool IsAddress => (Scope & 0xff) == (((Scope >> 8) & 1) == (ulong)Ethertype.IPv4 ? 32u : 128u);

    /// <summary>Network, ethertype and prefix length in one number.</summary>
    public static ulong ScopeOf(int network, Ethertype ethertype, int prefixLength) =>
        ((ulong)(uint)network << 16) | ((ulong)ethertype << 8) | (uint)prefixLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashOf(UInt128 bits, ulong scope)
    {
        ulong folded = Fold((ulong)(bits >> 64) ^ s_highSecret, (ulong)bits ^ s_lowSecret);
        return Fold(folded ^ s_scopeSecret, scope + 0x9e3779b97f4a7c15);
    }

    public bool IsSame(in MemberKey other) => Bits == other.Bits && Scope == other.Scope;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(in MemberEntry entry) => Bits == entry.Bits && Scope == entry.Scope;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }

    private static ulong Secret()
    {
        Span<byte> octets = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(octets);
        return BinaryPrimitives.ReadUInt64LittleEndian(octets) | 1;
    }
}
