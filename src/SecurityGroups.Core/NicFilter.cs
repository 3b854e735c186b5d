namespace SecurityGroups;

/// <summary>The filter of one NIC: resolve it once, keep it across updates, call it from any thread.</summary>
public sealed partial class NicFilter
{
    internal NicFilter(string id) => Id = id;

    /// <summary>The NIC's id.</summary>
    public string Id { get; }

    /// <summary>Decides one packet.</summary>
    public Decision Filter(Direction direction, ReadOnlySpan<byte> packet) => default;

    /// <summary>Decides one packet at a time the caller gives, since any fixed origin.</summary>
    public Decision Filter(Direction direction, ReadOnlySpan<byte> packet, TimeSpan timestamp) => default;

    /// <summary>Decides one packet cut by a capture: lengths are checked against the original length.</summary>
    internal bool TryFilterCaptured(Direction direction, ReadOnlySpan<byte> packet, int originalLength, TimeSpan timestamp, out Decision decision)
    {
        decision = default;
        return true;
    }

    /// <summary>Decides a burst, in order, as one-by-one calls would; returns how many are allowed.</summary>
    /// <exception cref="ArgumentException">There are fewer decisions than packets.</exception>
    public int Filter(Direction direction, ReadOnlySpan<ReadOnlyMemory<byte>> packets, Span<Decision> decisions) => 0;

    /// <summary>Decides a burst that lies in one buffer.</summary>
    /// <exception cref="ArgumentException">There are fewer decisions than packets, or a slice leaves the buffer.</exception>
    public int Filter(Direction direction, ReadOnlySpan<byte> buffer, ReadOnlySpan<PacketSlice> packets, Span<Decision> decisions) => 0;

    /// <summary>Explains what <see cref="Filter(Direction, ReadOnlySpan{byte})"/> would decide now; no side effects, slow.</summary>
    public Explanation Explain(Direction direction, ReadOnlySpan<byte> packet) => new();
}
