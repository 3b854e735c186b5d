using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <summary>The idle times in milliseconds, by class of connection.</summary>
internal sealed class TimeoutTable
{
    private const int MaxRetransmissions = 3;
    private readonly long[] _milliseconds = new long[16];
    private readonly long _stalled;
    private readonly long _leastEstablished;
    private readonly uint _leastUdp;

    public TimeoutTable(ConnectionTimeouts timeouts)
    {
        _stalled = (long)timeouts.TcpStalled.TotalMilliseconds;
        Set(ConnectionClass.SynSent, timeouts.TcpSynSent);
        Set(ConnectionClass.SynSent2, timeouts.TcpSynSent);
        Set(ConnectionClass.SynReceived, timeouts.TcpSynReceived);
        Set(ConnectionClass.SynReceived2, timeouts.TcpSynReceived);
        Set(ConnectionClass.Established, timeouts.TcpEstablished);
        Set(ConnectionClass.FinWait, timeouts.TcpFinWait);
        Set(ConnectionClass.CloseWait, timeouts.TcpCloseWait);
        Set(ConnectionClass.LastAck, timeouts.TcpLastAck);
        Set(ConnectionClass.TimeWait, timeouts.TcpTimeWait);
        Set(ConnectionClass.Close, timeouts.TcpClose);
        Set(ConnectionClass.UdpUnreplied, timeouts.UdpUnreplied);
        Set(ConnectionClass.UdpStream, timeouts.UdpStream);
        Set(ConnectionClass.IcmpQuery, timeouts.IcmpQuery);
        Set(ConnectionClass.SctpOrDccp, timeouts.SctpAndDccp);
        Set(ConnectionClass.Other, timeouts.Other);
        _leastUdp = (uint)Math.Min(uint.MaxValue, Math.Min(_milliseconds[(int)ConnectionClass.UdpUnreplied], _milliseconds[(int)ConnectionClass.UdpStream]));
        _leastEstablished = Math.Min(_stalled, _milliseconds[(int)ConnectionClass.Established]);
    }

    /// <summary>Whether an established TCP connection was idle for so little that no more questions are needed; false says nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsFresh(ConnectionState established, long now) => established.SinceSeen(now) < _leastEstablished;

    /// <summary>
    /// Whether a UDP connection, whose time has the same high half as <paramref name="now"/>, was idle for so little that no more questions are
    /// needed, and the clock did not go back; false says nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsFreshDatagram(ConnectionState udp, long now) => (uint)now - (uint)udp.Bits < _leastUdp;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsExpired(ConnectionState state, long now) => state.IdleMilliseconds(now) >= TimeoutOf(state);

    /// <summary>When the connection's time runs out, or ran out, unless a packet comes.</summary>
    public long ExpiryOf(ConnectionState state, long now) => now - state.IdleMilliseconds(now) + TimeoutOf(state);

    /// <summary>Ends a connection whose time ran out, at the moment it did.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Expire(ref ConnectionState state, long now) => state.Kill(ConnectionEnd.Expired, ExpiryOf(state, now));

    /// <summary>How long the connection may be idle in its present state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long TimeoutOf(ConnectionState state)
    {
        long timeout = _milliseconds[(int)state.Class & 15];
        return IsStalled(state) ? Math.Min(timeout, _stalled) : timeout;
    }

    // A connection whose data nobody acknowledges, or that was picked up and never answered, is kept for less time. Not a tombstone: the
    // retransmissions that it denies may go on for longer, and with loose pick-up one of them would bring the connection back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsStalled(ConnectionState state) =>
        !state.IsRevoked
        && (state.IsUnacknowledged || state.IsZeroWindow || state.Retransmissions >= MaxRetransmissions
            || (state.Class == ConnectionClass.Established && !state.IsReplied));

    private void Set(ConnectionClass kind, TimeSpan timeout) => _milliseconds[(int)kind] = (long)timeout.TotalMilliseconds;
}
