using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// Somebody off the path: sends the local end segments in the remote end's name, knows addresses and ports, but not the numbers.
/// </summary>
/// <remarks>
/// A guess that happens to be right is right for the receiver too, so no firewall can tell it from the truth. Every guess made here is
/// therefore wrong by construction, though as closely as the choices like, in one of three ways:
/// <list type="bullet">
/// <item>the sequence number lies outside every window that the local end has told, and before the window of old data that precedes what it
/// expects; the acknowledgment may be perfect, but then the number is another window away: data just beyond the window may be genuine, and the
/// firewall notes their end (behaviour E06);</item>
/// <item>the acknowledgment is of what was never sent, or lags by more than 66,000 octets (bound IV of the window check); the sequence number may be
/// perfect. While the local end's SYN is unanswered: any other than of that SYN;</item>
/// <item>a reset within the window of an established connection, but not exactly at what the local end has acknowledged (RFC 5961, 3.2).</item>
/// </list>
/// </remarks>
internal sealed class BlindAttacker(Random random, TcpPeer local, TcpPeer remote)
{
    private const uint AcknowledgmentLag = 66_000;

    private static readonly TcpFlags[] s_acknowledging = [TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Ack];

    private uint Lag => Math.Max(AcknowledgmentLag, remote.LargestWindow) + 1;

    /// <summary>A segment that is wrong; null when at this moment every guess might be right.</summary>
    /// <param name="isEstablished">Whether the connection counts as established.</param>
    /// <param name="maySendSyn">Whether a SYN of the remote end would be an attack, not a new connection.</param>
    public TcpPeerSegment? Guess(bool isEstablished, bool maySendSyn)
    {
        if (!local.HasOtherSyn)
        {
            return local.IsSynSent ? AnswerToSyn() : null;
        }

        return random.Next(3) switch
        {
            0 => OutOfWindow(maySendSyn),
            1 when local.IsSynSent => WrongAcknowledgment(),
            2 when isEstablished && local.IsSynSent => InexactReset(),
            _ => null,
        };
    }

    private TcpPeerSegment AnswerToSyn()
    {
        TcpFlags flags = random.Next(5) is var choice && choice < 4 ? s_acknowledging[choice] : TcpFlags.Rst | TcpFlags.Ack;
        return new TcpPeerSegment(flags, Number(), Outside(local.Next, local.Next), Window(), 0, []);
    }

    private TcpPeerSegment OutOfWindow(bool maySendSyn)
    {
        TcpFlags flags = random.Next(7) switch
        {
            0 => TcpFlags.Rst,
            1 => TcpFlags.Rst | TcpFlags.Ack,
            2 when maySendSyn => TcpFlags.Syn,
            var choice => s_acknowledging[choice % 4],
        };
        uint octets = (flags & (TcpFlags.Rst | TcpFlags.Syn)) != 0 ? 0 : (uint)random.Next(1200);

        uint acknowledgment = random.Next(2) == 0 ? local.Next : Number();
        bool isAcceptable = local.Next - acknowledgment <= Lag;

        // Its end, a FIN counted, stays below the window of old data; one more for a probe of a window that was closed.
        uint sequence = Outside(local.Received - local.LargestWindow - octets - 2, local.ToldEdge + 1 + (isAcceptable ? local.LargestWindow : 0));
        return new TcpPeerSegment(flags, sequence, (flags & TcpFlags.Ack) != 0 ? acknowledgment : 0, Window(), (int)octets, []);
    }

    private TcpPeerSegment WrongAcknowledgment()
    {
        TcpFlags flags = s_acknowledging[random.Next(3)];
        uint sequence = random.Next(2) == 0 ? local.Received : Number();
        return new TcpPeerSegment(flags, sequence, Outside(local.Next - Lag, local.Next), Window(), random.Next(1200), []);
    }

    private TcpPeerSegment InexactReset()
    {
        uint sequence = Outside(local.Acknowledged, remote.Next);
        return new TcpPeerSegment(TcpFlags.Rst, sequence, 0, 0, 0, []);
    }

    private uint Number() => (uint)random.NextInt64(1L << 32);

    private int Window() => random.Next(1 << 16);

    /// <summary>Any number but those from first to last, either included; often close to them.</summary>
    private uint Outside(uint first, uint last)
    {
        long others = (1L << 32) - ((long)(last - first) + 1);
        long distance = random.Next(3) switch { 0 => random.Next(256), 1 => others - 1 - random.Next(256), _ => random.NextInt64(others) };
        return last + 1 + (uint)distance;
    }
}
