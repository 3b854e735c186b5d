using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <summary>The state word of a connection: what changes with every packet, in 64 bits, so that one compare-and-swap locks or publishes it.</summary>
/// <remarks>
/// <code>
///  63        62-61   60-59    58-55      54-51      50       49       48       47       46      45    44    43-40  39         38    37-0
///  zeroWin | retry | unacked | scaleRes | scaleIni | liberal| assured| replied| revoked| egress| lock| live| class| lastByIni| hint| last seen, ms
/// </code>
/// The time is modulo 2^38 ms (8 years); ages are signed differences, so a wrap is harmless (behaviour C15) and a clock that went back
/// gives age zero (C14). The window scale 15 means "not offered".
/// </remarks>
internal struct ConnectionState(ulong bits)
{
    public const ulong LiveBit = 1UL << 44;
    public const ulong LockBit = 1UL << 45;
    public const int NoScale = 15;

    /// <summary>The bits that <see cref="Rank"/> depends on, and whether it lives.</summary>
    public const ulong RankBits = LiveBit | (15UL << ClassShift) | RevokedBit | RepliedBit | AssuredBit;

    private const int TimeBits = 38;
    private const ulong TimeMask = (1UL << TimeBits) - 1;
    private const ulong HintBit = 1UL << 38;
    private const int LastFromInitiatorShift = 39;
    private const ulong LastFromInitiatorBit = 1UL << LastFromInitiatorShift;
    private const int ClassShift = 40;
    private const int EgressShift = 46;
    private const ulong EgressBit = 1UL << EgressShift;
    private const ulong RevokedBit = 1UL << 47;
    private const ulong RepliedBit = 1UL << 48;
    private const ulong AssuredBit = 1UL << 49;
    private const ulong LiberalBit = 1UL << 50;
    private const int InitiatorScaleShift = 51;
    private const int ScaleBits = 4;
    private const int ResponderScaleShift = InitiatorScaleShift + ScaleBits;
    private const int EndShift = InitiatorScaleShift;
    private const ulong EndMask = 0xFFUL << EndShift;
    private const ulong InitiatorUnacknowledgedBit = 1UL << 59;
    private const ulong ResponderUnacknowledgedBit = InitiatorUnacknowledgedBit << 1;
    private const ulong UnacknowledgedBits = InitiatorUnacknowledgedBit | ResponderUnacknowledgedBit;
    private const int RetransmitShift = 61;
    private const int ZeroWindowShift = 63;
    private const ulong ZeroWindowBit = 1UL << ZeroWindowShift;
    private const ulong Steady = LiveBit | ((ulong)ConnectionClass.Established << ClassShift) | RepliedBit | AssuredBit;
    private const ulong Stream = LiveBit | ((ulong)ConnectionClass.UdpStream << ClassShift) | RepliedBit | AssuredBit;
    private const ulong UnrepliedUdp = LiveBit | ((ulong)ConnectionClass.UdpUnreplied << ClassShift);

    // What the high half of the word must agree on, the high bits of the time with those of now.
    private const uint TouchMask = (uint)((RankBits | LockBit | EgressBit | TimeMask) >> 32);

    private ulong _bits = bits;

    // Asked for inline everywhere, in cold code, too: a call would take the address of a state, which then lives in memory.
    public readonly ulong Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bits;
    }

    public readonly bool IsLive
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_bits & LiveBit) != 0;
    }

    public readonly bool IsLocked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_bits & LockBit) != 0;
    }

    public ConnectionClass Class
    {
        readonly get => (ConnectionClass)((_bits >> ClassShift) & 15);
        set => _bits = (_bits & ~(15UL << ClassShift)) | ((ulong)value << ClassShift);
    }

    /// <summary>Whether this is an established TCP connection whose both ends talk, and no tombstone: an acknowledgment leaves it what it is.</summary>
    public readonly bool IsSteady => (_bits & RankBits) == Steady;

    /// <summary>
    /// Whether a UDP datagram in a direction at a time changes nothing of this connection but the low half of the word, which is time: it lives, no
    /// thread works on it, it is no tombstone, and it is a stream, or nobody answered yet and it goes the way of the first packet. False says nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TakesLowTimeOnly(Direction direction, long now)
    {
        uint high = (uint)((_bits ^ ((ulong)now & TimeMask)) >> 32) & TouchMask;
        return (high & ~(uint)(EgressBit >> 32)) == (uint)(Stream >> 32)
            || high == ((uint)(UnrepliedUdp >> 32) | (direction == Direction.Egress ? (uint)(EgressBit >> 32) : 0));
    }

    /// <summary>Direction of the first packet.</summary>
    public readonly Direction Original => (Direction)((_bits >> EgressShift) & 1);

    /// <summary>Whether this is the tombstone of a revoked connection.</summary>
    public bool IsRevoked
    {
        readonly get => (_bits & RevokedBit) != 0;
        set => Set(RevokedBit, value);
    }

    /// <summary>Whether a packet of the responder was accepted.</summary>
    public bool IsReplied
    {
        readonly get => (_bits & RepliedBit) != 0;
        set => Set(RepliedBit, value);
    }

    /// <summary>Whether both ends proved to be talking to each other: not evicted for a newcomer while they do.</summary>
    public bool IsAssured
    {
        readonly get => (_bits & AssuredBit) != 0;
        set => Set(AssuredBit, value);
    }

    /// <summary>Whether the SYNs were not seen, so that the window scale is unknown and the window not enforced.</summary>
    public bool IsLiberal
    {
        readonly get => (_bits & LiberalBit) != 0;
        set => Set(LiberalBit, value);
    }

    /// <summary>Whether the last segment advertised a window of zero.</summary>
    public bool IsZeroWindow
    {
        readonly get => (_bits & ZeroWindowBit) != 0;
        set => Set(ZeroWindowBit, value);
    }

    /// <summary>TCP: whether the last plain segment came from the initiator.</summary>
    public bool IsLastFromInitiator
    {
        readonly get => (_bits & LastFromInitiatorBit) != 0;
        set => Set(LastFromInitiatorBit, value);
    }

    /// <summary>TCP: whether the table holds a <see cref="TcpHint"/> for this connection.</summary>
    public bool HasHint
    {
        readonly get => (_bits & HintBit) != 0;
        set => Set(HintBit, value);
    }

    /// <summary>Notes what a plain segment tells, in one step: who sent it, its window, how often its data was sent in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NoteSegment(bool fromInitiator, bool isZeroWindow, int retransmissions) =>
        _bits = (_bits & ~(LastFromInitiatorBit | ZeroWindowBit | (3UL << RetransmitShift)))
            | ((ulong)retransmissions << RetransmitShift) | (One(fromInitiator) << LastFromInitiatorShift) | (One(isZeroWindow) << ZeroWindowShift);

    /// <summary>Whether either end sent data that the other has not acknowledged.</summary>
    public readonly bool IsUnacknowledged => (_bits & UnacknowledgedBits) != 0;

    /// <summary>How often the same data was sent in a row; stops at 3.</summary>
    public int Retransmissions
    {
        readonly get => (int)((_bits >> RetransmitShift) & 3);
        set => _bits = (_bits & ~(3UL << RetransmitShift)) | ((ulong)value << RetransmitShift);
    }

    /// <summary>What the connection is worth when there is no room.</summary>
    public readonly ConnectionRank Rank => IsRevoked ? ConnectionRank.Tombstone : Class switch
    {
        ConnectionClass.SynSent or ConnectionClass.SynReceived or ConnectionClass.SynSent2 or ConnectionClass.SynReceived2 => ConnectionRank.HalfOpen,
        ConnectionClass.Established => IsAssured ? ConnectionRank.Established : ConnectionRank.HalfOpen,
        ConnectionClass.FinWait or ConnectionClass.CloseWait when IsAssured => ConnectionRank.Stream,
        ConnectionClass.UdpStream => ConnectionRank.Stream,
        ConnectionClass.SctpOrDccp or ConnectionClass.Other when IsReplied => ConnectionRank.Stream,
        ConnectionClass.FinWait or ConnectionClass.CloseWait or ConnectionClass.LastAck or ConnectionClass.TimeWait or ConnectionClass.Close => ConnectionRank.Closing,
        _ => ConnectionRank.Unreplied,
    };

    /// <summary>Whether it may go now to make room for a newcomer.</summary>
    public readonly bool IsEvictable(long now) => Rank switch
    {
        ConnectionRank.Stream => IdleMilliseconds(now) >= TrackingTuning.SilentMilliseconds,
        ConnectionRank.Tombstone => IdleMilliseconds(now) >= TrackingTuning.GivenUpMilliseconds,
        ConnectionRank rank => rank != ConnectionRank.Established,
    };

    public static ConnectionState Create(ConnectionClass kind, Direction original, long now) => new(
        LiveBit | ((ulong)kind << ClassShift) | (original == Direction.Egress ? EgressBit : 0) | ((ulong)now & TimeMask)
        | ((ulong)NoScale << InitiatorScaleShift) | ((ulong)NoScale << ResponderScaleShift));

    /// <summary>The state of a connection that begins again where this one is: same direction and time, nothing else known.</summary>
    public readonly ConnectionState Renew(ConnectionClass kind) => Create(kind, Original, Time);

    /// <summary>Milliseconds since the last packet that counted; zero when the clock went back.</summary>
    public readonly long IdleMilliseconds(long now) => Math.Max(0, SinceSeen(now));

    /// <summary>As <see cref="IdleMilliseconds"/>, but negative when the clock went back.</summary>
    public readonly long SinceSeen(long now) => Since((long)_bits, now);

    /// <summary>Milliseconds from one time to another: the signed difference of two 38-bit numbers, whatever stands above them.</summary>
    public static long Since(long then, long now) => (now - then) << (64 - TimeBits) >> (64 - TimeBits);

    /// <summary>Restarts the timer; time only grows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(long now)
    {
        if (IdleMilliseconds(now) > 0)
        {
            LastSeenAt(now);
        }
    }

    /// <summary>Sets the time of the last packet that counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LastSeenAt(long milliseconds) => _bits = (_bits & ~TimeMask) | ((ulong)milliseconds & TimeMask);

    /// <summary>Why a dead connection ended; meaningless while it lives.</summary>
    public readonly ConnectionEnd End => (ConnectionEnd)((_bits & EndMask) >> EndShift);

    /// <summary>The time in the word, milliseconds modulo 2^38: of the last packet that counted, or of the end.</summary>
    public readonly long Time => (long)(_bits & TimeMask);

    /// <summary>
    /// Marks the connection as removed at a time, for <see cref="ConnectionTable.Release(uint, ConnectionState)"/>: the table stores 0, whoever released that word takes
    /// it out of the index. What it was last, and when and why it ended, stay readable in this copy; only the window scales make room.
    /// </summary>
    public void Kill(ConnectionEnd end, long now) =>
        _bits = (_bits & ~(LiveBit | LockBit | TimeMask | EndMask)) | ((ulong)end << EndShift) | ((ulong)now & TimeMask);

    public readonly int Scale(bool ofInitiator) => (int)(_bits >> ScaleShift(ofInitiator)) & 15;

    public void SetScale(bool ofInitiator, int scale)
    {
        int shift = ScaleShift(ofInitiator);
        _bits = (_bits & ~(15UL << shift)) | ((ulong)scale << shift);
    }

    /// <summary>Whether one end sent data that the other has not acknowledged.</summary>
    public readonly bool IsUnacknowledgedBy(bool initiator) => (_bits & UnacknowledgedBit(initiator)) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetUnacknowledged(bool ofInitiator, bool value) => Set(UnacknowledgedBit(ofInitiator), value);

    // The end is chosen by a shift: choosing between two constants takes two more registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ScaleShift(bool ofInitiator) => ResponderScaleShift - (ScaleBits * (int)One(ofInitiator));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong UnacknowledgedBit(bool ofInitiator) => ResponderUnacknowledgedBit >> (int)One(ofInitiator);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong One(bool condition) => condition ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Set(ulong bit, bool value) => _bits = value ? _bits | bit : _bits & ~bit;
}
