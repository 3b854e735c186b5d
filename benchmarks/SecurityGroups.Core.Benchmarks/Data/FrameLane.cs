namespace SecurityGroups.Benchmarks.Data;

/// <summary>A ring of 64-octet frames that travel one way, and the thread's own room for their decisions.</summary>
internal sealed class FrameLane(NicFilter nic, Direction direction)
{
    public const int RingLength = 16_384;
    public const int FrameOctets = 64;
    private const int Burst = 32;
    private readonly byte[] _ring = new byte[RingLength * FrameOctets];
    private readonly Decision[] _decisions = new Decision[Burst];

    public PacketSlice[] Slices { get; } = [.. Enumerable.Range(0, RingLength).Select(i => new PacketSlice(i * FrameOctets, FrameOctets))];

    public ReadOnlySpan<byte> Ring => _ring;

    public Span<byte> Frame(int index) => _ring.AsSpan(index * FrameOctets, FrameOctets);

    /// <summary>Filters the ring in bursts of 32; returns how many are allowed.</summary>
    public int FilterInBursts(TimeSpan now)
    {
        int allowed = 0;
        for (int i = 0; i < RingLength; i += Burst)
        {
            allowed += nic.Filter(direction, Ring, Slices.AsSpan(i, Burst), _decisions, now);
        }

        return allowed;
    }

    /// <summary>Filters the ring one by one; returns how many are allowed.</summary>
    public int FilterSingly(TimeSpan now)
    {
        int allowed = 0;
        for (int i = 0; i < RingLength; i++)
        {
            allowed += nic.Filter(direction, Frame(i), now).IsAllowed ? 1 : 0;
        }

        return allowed;
    }
}
