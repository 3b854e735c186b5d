using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <summary>What was seen of one end of a TCP connection; 16 octets of its entry.</summary>
internal struct TcpSide
{
    private const uint WindowMask = (1u << 30) - 1;
    private const uint SackBit = 1u << 30;
    private const uint AcknowledgedBit = 1u << 31;

    /// <summary>Highest sequence number sent, plus one.</summary>
    public uint End;

    /// <summary>Right edge of what the other end offered to receive.</summary>
    public uint MaxEnd;

    /// <summary>Highest acknowledgment sent, meaningful with <see cref="HasAcknowledged"/>; before, the lowest acceptable one.</summary>
    public uint MaxAcknowledgment;

    private uint _windowAndFlags;

    /// <summary>Largest window offered, scaled; 0 = no packet of this end was seen. At most 2^30 - 1, above what RFC 7323 can express.</summary>
    public uint MaxWindow
    {
        readonly get => _windowAndFlags & WindowMask;
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _windowAndFlags = (_windowAndFlags & ~WindowMask) | Math.Min(value, WindowMask);
    }

    /// <summary>How far behind an acknowledgment of this end may come: no unscaled window is larger than the least, scaled ones are in MaxWindow.</summary>
    public readonly uint Lag => Math.Max(MaxWindow, TcpWindow.AcknowledgmentLag);

    public bool IsSackPermitted
    {
        readonly get => (_windowAndFlags & SackBit) != 0;
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _windowAndFlags = value ? _windowAndFlags | SackBit : _windowAndFlags & ~SackBit;
    }

    public bool HasAcknowledged
    {
        readonly get => (_windowAndFlags & AcknowledgedBit) != 0;
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _windowAndFlags = value ? _windowAndFlags | AcknowledgedBit : _windowAndFlags & ~AcknowledgedBit;
    }
}
