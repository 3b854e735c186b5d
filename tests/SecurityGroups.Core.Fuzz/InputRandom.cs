using System.Buffers.Binary;

namespace SecurityGroups.Fuzz;

/// <summary>
/// A Random whose choices are the octets of an input, in order: one octet for a choice among up to 256, else two, four or eight. Behind the
/// end every choice is the lowest, so that whoever draws comes to an end; <see cref="IsAtEnd"/> tells who draws for ever.
/// </summary>
internal sealed class InputRandom(byte[] input) : Random(0)
{
    private int _position;

    public bool IsAtEnd => _position >= input.Length;

    public override int Next() => (int)Below(int.MaxValue);

    public override int Next(int maxValue) => (int)Below(maxValue);

    public override int Next(int minValue, int maxValue) => (int)(minValue + Below((long)maxValue - minValue));

    public override long NextInt64() => Below(long.MaxValue);

    public override long NextInt64(long maxValue) => Below(maxValue);

    public override long NextInt64(long minValue, long maxValue) => minValue + Below(maxValue - minValue);

    public override void NextBytes(Span<byte> buffer)
    {
        foreach (ref byte octet in buffer)
        {
            octet = (byte)Below(256);
        }
    }

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    protected override double Sample() => (double)Below(1L << 32) / (1L << 32);

    private long Below(long bound) => bound <= 1 ? 0 : (long)(Take(OctetsFor(bound)) % (ulong)bound);

    private static int OctetsFor(long bound) => bound switch { <= 1L << 8 => 1, <= 1L << 16 => 2, <= 1L << 32 => 4, _ => 8 };

    private ulong Take(int octets)
    {
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        int taken = Math.Clamp(input.Length - _position, 0, octets);
        input.AsSpan(Math.Min(_position, input.Length), taken).CopyTo(value);
        _position += octets;
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }
}
