using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SecurityGroups.Tracking;

/// <summary>The addresses of an IPv6 connection.</summary>
internal struct AddressPair
{
    public UInt128 Local;
    public UInt128 Remote;

    /// <summary>Compares all 256 bits at once: they are nearly always equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Are(in UInt128 local, in UInt128 remote) =>
        ((Bits(Local) ^ Bits(local)) | (Bits(Remote) ^ Bits(remote))) == Vector128<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bits(in UInt128 address) => Vector128.LoadUnsafe(in Unsafe.As<UInt128, byte>(ref Unsafe.AsRef(in address)));
}
