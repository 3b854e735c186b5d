using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>
/// An initiator's SYN on a live connection, which the tracker let pass without believing it: the answer will tell. Valid while
/// <see cref="ConnectionState.HasHint"/>.
/// </summary>
/// <remarks>
/// Both ends may know better than the firewall: the initiator crashed, or forgot, and opens anew (RFC 9293, 3.5.1, half-open connections). If
/// the responder takes its SYN, the SYN-ACK acknowledges just that and the connection begins again with what the SYN said; if not, the reset
/// does. Nobody off the path can play both parts: the instance behind the NIC is one of the ends. One word a connection, in an array beside
/// the entries that is touched only then.
/// </remarks>
internal readonly struct TcpHint(ulong bits)
{
    private const int WindowShift = 32;
    private const int ScaleShift = 48;
    private const ulong SackBit = 1UL << 52;
    private const ulong ChallengeBit = 1UL << 53;
    private const ulong ScaleMask = 15;

    private readonly ulong _bits = bits;

    /// <summary>The whole, for saving.</summary>
    public ulong Bits => _bits;

    /// <summary>The number after the SYN.</summary>
    public uint Number => (uint)_bits;

    public uint Window => (ushort)(_bits >> WindowShift);

    public int Scale => (int)((_bits >> ScaleShift) & ScaleMask);

    public bool IsSackPermitted => (_bits & SackBit) != 0;

    /// <summary>The side that sent the SYN, as far as the SYN tells.</summary>
    public TcpSide Initiator => new() { End = Number, MaxEnd = Number, MaxWindow = Math.Max(1, Window), IsSackPermitted = IsSackPermitted };

    /// <summary>Whether the SYN came in LAST-ACK, where the challenge that it provokes looks like the last acknowledgment.</summary>
    public bool MayBeChallenged => (_bits & ChallengeBit) != 0;

    public static TcpHint OfSyn(TcpSegment segment, bool mayBeChallenged)
    {
        int scale = segment.Has(PacketTraits.WindowScale) ? segment.WindowScale : ConnectionState.NoScale;
        return new TcpHint(
            segment.End | ((ulong)segment.Window << WindowShift) | ((ulong)scale << ScaleShift)
            | (segment.Has(PacketTraits.SackPermitted) ? SackBit : 0) | (mayBeChallenged ? ChallengeBit : 0));
    }

    /// <summary>Whether a hint can have these bits.</summary>
    public static bool IsPossible(ulong bits) => bits < ChallengeBit << 1;

    /// <summary>The same, with the challenge seen.</summary>
    public TcpHint Challenged() => new(_bits & ~ChallengeBit);
}
