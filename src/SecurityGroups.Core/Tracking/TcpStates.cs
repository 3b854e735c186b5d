using System.Runtime.CompilerServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Tracking;

/// <summary>The TCP state table: what a segment makes of a connection, by its sender, its kind and the state.</summary>
/// <remarks>
/// A firewall sees the segments of both ends, not their states, so the states say what was seen (as in Linux, whose transitions these are;
/// the added state S3 is a SYN-RECEIVED that came from a simultaneous open). Rows are kinds, columns are classes 0 to 10.
/// </remarks>
internal static class TcpStates
{
    /// <summary>Not a new state: the segment may be right or wrong, the receiver will tell; it passes and changes nothing.</summary>
    public const ConnectionClass Ignore = (ConnectionClass)0xFE;

    /// <summary>Not a new state: the segment is wrong.</summary>
    public const ConnectionClass Invalid = (ConnectionClass)0xFF;

    private const byte Xx = 0xFF;
    private const byte Ig = 0xFE;
    private const byte Ss = (byte)ConnectionClass.SynSent;
    private const byte Sr = (byte)ConnectionClass.SynReceived;
    private const byte Es = (byte)ConnectionClass.Established;
    private const byte Fw = (byte)ConnectionClass.FinWait;
    private const byte Cw = (byte)ConnectionClass.CloseWait;
    private const byte La = (byte)ConnectionClass.LastAck;
    private const byte Tw = (byte)ConnectionClass.TimeWait;
    private const byte Cl = (byte)ConnectionClass.Close;
    private const byte S2 = (byte)ConnectionClass.SynSent2;
    private const byte S3 = (byte)ConnectionClass.SynReceived2;
    private const int Classes = 11;
    private const int Kinds = 5;

    private static ReadOnlySpan<byte> Table =>
    [
        // From the initiator.
        // --  Ss  Sr  Es  Fw  Cw  La  Tw  Cl  S2  S3
        Xx, Ss, Ig, Ig, Ig, Ig, Ig, Ss, Ss, S2, Ig, // SYN; Tw and Cl: the five-tuple is used anew (RFC 1122, 4.2.2.13)
        Xx, Xx, Xx, Xx, Xx, Xx, Xx, Xx, Xx, S3, S3, // SYN-ACK; only who was sent a SYN answers with it: simultaneous open
        Xx, Xx, Fw, Fw, La, La, La, Tw, Cl, Xx, Fw, // FIN
        Xx, Xx, Es, Es, Cw, Cw, Tw, Tw, Cl, Xx, Es, // ACK
        Xx, Cl, Cl, Cl, Cl, Cl, Cl, Tw, Cl, Cl, Cl, // RST; Tw: must not end it early (RFC 1337)

        // From the responder.
        // --  Ss  Sr  Es  Fw  Cw  La  Tw  Cl  S2  S3
        Xx, S2, Xx, Xx, Xx, Xx, Xx, Ss, Xx, S2, Xx, // SYN; Ss: simultaneous open; Tw: the other way round; else a blind attack (RFC 5961, 4)
        Xx, Sr, Ig, Ig, Ig, Ig, Ig, Ig, Ig, S3, Ig, // SYN-ACK; of a live connection: repeated, or the answer to a SYN that was ignored
        Xx, Xx, Fw, Fw, La, La, La, Tw, Cl, Xx, Fw, // FIN
        Xx, Ig, Sr, Es, Cw, Cw, Tw, Tw, Cl, Ig, Es, // ACK; Ss: the responder may be half-open and get a reset for it
        Xx, Cl, Cl, Cl, Cl, Cl, Cl, Tw, Cl, Cl, Cl, // RST
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ConnectionClass Next(bool fromInitiator, TcpSegmentKind kind, ConnectionClass state)
    {
        int row = (fromInitiator ? 0 : Kinds) + (int)kind;
        return kind == TcpSegmentKind.None || (int)state >= Classes ? Invalid : (ConnectionClass)Table[(row * Classes) + (int)state];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TcpSegmentKind KindOf(TcpFlags flags)
    {
        if ((flags & (TcpFlags.Rst | TcpFlags.Syn | TcpFlags.Fin)) == 0)
        {
            return (flags & TcpFlags.Ack) != 0 ? TcpSegmentKind.Ack : TcpSegmentKind.None;
        }

        if ((flags & TcpFlags.Rst) != 0)
        {
            return TcpSegmentKind.Rst;
        }

        return (flags & TcpFlags.Syn) == 0 ? TcpSegmentKind.Fin
            : (flags & TcpFlags.Ack) != 0 ? TcpSegmentKind.SynAck : TcpSegmentKind.Syn;
    }
}
