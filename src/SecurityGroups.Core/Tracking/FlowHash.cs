using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace SecurityGroups.Tracking;

/// <summary>The keyed hash of a connection table: a secret of 128 bits drawn when the table is made.</summary>
/// <remarks>
/// An attacker who could choose flows of equal hash would fill one bucket chain and be refused room there, and so would its victims
/// (hash flooding). Two AES rounds a block carry every input bit to every output bit; where the processor has no AES instructions,
/// SipHash-1-3 takes its place. One process uses one of them for all its tables, so writer and reader always agree.
/// Cost: about 5 ns for IPv4 with AES. A value of two round keys: a table has it in place, a loop in registers. ARM64: the AES path follows from
/// the definition of the instructions; untested there.
/// </remarks>
internal readonly struct FlowHash
{
    private readonly Vector128<ulong> _key0;
    private readonly Vector128<ulong> _key1;
    private readonly bool _useAes;

    public FlowHash()
        : this(RandomKey(), IsAesSupported)
    {
    }

    internal FlowHash(UInt128 key, bool useAes)
    {
        _useAes = useAes;
        _key0 = Block(key);

        // The second round key is derived: 128 secret bits are all there are. The constant is the golden ratio's.
        _key1 = _key0 ^ Vector128.Create(0x9E3779B97F4A7C15UL, 0xF39CC0605CEDC834UL);
    }

    /// <summary>Whether this processor has AES instructions that .NET may use.</summary>
    public static bool IsAesSupported => X86Aes.IsSupported || ArmAes.IsSupported;

    /// <summary>Whether this hash uses them.</summary>
    public bool UsesAes => _useAes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Compute(in FlowKey key) => _useAes ? ComputeAes(key, Vector128.Create(key.AddressWord, key.Ends)) : ComputeSip(key);

    /// <summary>
    /// The same for a hash that <see cref="UsesAes"/> and a key that was written a while ago (<see cref="FlowKey.Words"/>): for a loop over many.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ComputeOfMany(in FlowKey key) => ComputeAes(key, key.Words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ComputeAes(in FlowKey key, Vector128<ulong> words)
    {
        Vector128<ulong> state = Absorb(_key0, words);
        if (key.IsIPv6)
        {
            state = Absorb(Absorb(state, Block(key.Local)), Block(key.Remote));
        }

        return Absorb(state, Vector128.Create(0UL, key.VlanAndProtocol)).ToScalar();
    }

    /// <summary>The hash of any two addresses and two words; a table that hashes these keys hashes no others.</summary>
    public ulong Compute(UInt128 first, UInt128 second, ulong third, ulong fourth) =>
        _useAes ? ComputeAes(first, second, third, fourth) : ComputeSip(first, second, third, fourth);

    private ulong ComputeAes(UInt128 first, UInt128 second, ulong third, ulong fourth)
    {
        Vector128<ulong> state = Absorb(_key0, Block(first));
        state = Absorb(state, Block(second));
        return Absorb(state, Vector128.Create(third, fourth)).ToScalar();
    }

    private ulong ComputeSip(UInt128 first, UInt128 second, ulong third, ulong fourth)
    {
        SipHash hash = new(_key0[0], _key0[1]);
        foreach (ulong word in (ReadOnlySpan<ulong>)[(ulong)first, (ulong)(first >> 64), (ulong)second, (ulong)(second >> 64), third, fourth])
        {
            hash.Add(word);
        }

        return hash.Finish();
    }

    private ulong ComputeSip(in FlowKey key)
    {
        SipHash hash = new(_key0[0], _key0[1]);
        if (key.IsIPv6)
        {
            hash.Add((ulong)key.Local);
            hash.Add((ulong)(key.Local >> 64));
            hash.Add((ulong)key.Remote);
            hash.Add((ulong)(key.Remote >> 64));
            hash.Add(key.Ends);
            hash.Add(key.VlanAndProtocol | (44UL << 56));
        }
        else
        {
            hash.Add(key.AddressWord);
            hash.Add(key.Ends);
            hash.Add(key.VlanAndProtocol | (20UL << 56));
        }

        return hash.Finish();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<ulong> Absorb(Vector128<ulong> state, Vector128<ulong> block) => Round(Round(state ^ block, _key1), _key0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Round(Vector128<ulong> state, Vector128<ulong> key)
    {
        if (X86Aes.IsSupported)
        {
            return X86Aes.Encrypt(state.AsByte(), key.AsByte()).AsUInt64();
        }

        // Arm adds the key first and mixes columns apart; with a zero key and a late addition it is the same round.
        return ArmAes.MixColumns(ArmAes.Encrypt(state.AsByte(), Vector128<byte>.Zero)).AsUInt64() ^ key;
    }

    // Half by half: a value that was just written so cannot be read as a whole before it has left the processor's store buffer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Block(in UInt128 value)
    {
        ref readonly ulong first = ref Unsafe.As<UInt128, ulong>(ref Unsafe.AsRef(in value));
        return Vector128.Create(first, Unsafe.Add(ref Unsafe.AsRef(in first), 1));
    }

    private static UInt128 RandomKey()
    {
        UInt128 key = default;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<UInt128>(ref key)));
        return key;
    }
}
