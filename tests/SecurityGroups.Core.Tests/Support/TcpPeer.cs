using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

/// <summary>A TCP segment between two <see cref="TcpPeer"/>s; the window is as on the wire, unscaled.</summary>
internal sealed record TcpPeerSegment(TcpFlags Flags, uint Sequence, uint Acknowledgment, int Window, int Octets, byte[] Options)
{
    /// <summary>Sequence numbers it takes.</summary>
    public uint Length => (uint)Octets + ((Flags & TcpFlags.Syn) != 0 ? 1u : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1u : 0);

    public override string ToString() => $"{Flags} {Sequence}+{Octets} ack {Acknowledgment} window {Window} options {Convert.ToHexString(Options)}";
}

/// <summary>
/// One end of a TCP conversation that keeps to RFC 9293: handshake, data within the other's window, go-back-N after loss, windows that close and
/// open, probes of a closed window, keep-alives, FIN. What it sends and when is random; it never shrinks its window and never resets.
/// </summary>
internal sealed class TcpPeer
{
    private const int BufferOctets = 20_000;

    private readonly Random _random;
    private readonly int _scale;
    private readonly int _synWindow;
    private readonly uint _initial;
    private readonly uint _end;
    private uint _next;
    private uint _unacknowledged;
    private uint _received;
    private uint _offeredEdge;
    private uint _otherEdge;
    private int _otherScale;
    private bool _hasOtherSyn;
    private bool _hasToldWindow;

    /// <param name="random">Source of every choice.</param>
    /// <param name="octets">Payload to send in all.</param>
    /// <param name="scale">Window scale to offer; negative = none.</param>
    public TcpPeer(Random random, int octets, int scale)
    {
        _random = random;
        _scale = scale;
        _synWindow = random.Next(1, BufferOctets);
        _initial = (uint)random.NextInt64(1L << 32);
        _next = _unacknowledged = _initial;
        _end = _initial + 1 + (uint)octets + 1;
    }

    /// <summary>Whether everything was sent and acknowledged, FIN included.</summary>
    public bool IsDone => _hasOtherSyn && _unacknowledged == _end;

    /// <summary>Whether both SYNs have arrived and its own is acknowledged.</summary>
    public bool IsSynchronized => _hasOtherSyn && _unacknowledged != _initial;

    /// <summary>Whether it has sent its SYN.</summary>
    public bool IsSynSent => _next != _initial;

    /// <summary>Whether the other's SYN has arrived.</summary>
    public bool HasOtherSyn => _hasOtherSyn;

    /// <summary>The first sequence number that it has not used yet.</summary>
    public uint Next => _next;

    /// <summary>The sequence number that it expects next.</summary>
    public uint Received => _received;

    /// <summary>The last sequence number that it told the other it expects.</summary>
    public uint Acknowledged { get; private set; }

    /// <summary>The first sequence number beyond every window that it has told the other.</summary>
    public uint ToldEdge { get; private set; }

    /// <summary>The largest window that it has told the other, in octets.</summary>
    public uint LargestWindow { get; private set; }

    private bool IsScaled => _scale >= 0 && _otherScale >= 0;

    /// <summary>A segment to send now, or null: new data, something again, or an acknowledgment.</summary>
    public TcpPeerSegment? Send(bool mayOpen)
    {
        TcpPeerSegment? segment = Choose(mayOpen);
        if (segment is not null)
        {
            NoteTold(segment);
        }

        return segment;
    }

    /// <summary>
    /// What it answers to a segment that it cannot accept: a reset while its own SYN is unanswered (RFC 9293, 3.10.7.3), else a challenge
    /// (RFC 5961); null when it says nothing.
    /// </summary>
    public TcpPeerSegment? Challenge(TcpPeerSegment segment)
    {
        bool isReset = (segment.Flags & TcpFlags.Rst) != 0;
        if (!_hasOtherSyn)
        {
            return isReset || (segment.Flags & TcpFlags.Ack) == 0 ? null : new TcpPeerSegment(TcpFlags.Rst, segment.Acknowledgment, 0, 0, 0, []);
        }

        if (!IsSynSent)
        {
            return null;
        }

        TcpPeerSegment challenge = Acknowledge();
        NoteTold(challenge);
        return challenge;
    }

    /// <summary>Takes a segment; what it has to answer it sends at some later call of <see cref="Send"/>.</summary>
    public void Receive(TcpPeerSegment segment)
    {
        if ((segment.Flags & TcpFlags.Syn) != 0 && !_hasOtherSyn)
        {
            _hasOtherSyn = true;
            _received = segment.Sequence;
            _otherScale = segment.Options.Length == 0 ? -1 : segment.Options[3];
        }

        if (!_hasOtherSyn)
        {
            return;
        }

        TakeAcknowledgment(segment);
        bool fits = !_hasToldWindow || (int)(segment.Sequence + segment.Length - ToldEdge) <= 0;
        if (segment.Sequence == _received && fits)
        {
            _received += segment.Length;
        }
    }

    private TcpPeerSegment? Choose(bool mayOpen)
    {
        if (!IsSynSent)
        {
            return mayOpen || _hasOtherSyn ? Syn() : null;
        }

        if (_unacknowledged == _initial)
        {
            return _random.Next(4) == 0 ? Syn() : null;
        }

        bool again = _random.Next(6) == 0 && _unacknowledged != _next;
        uint from = again ? _unacknowledged : _next;
        uint room = Math.Min(again ? _next - from : Room(from), (uint)_random.Next(1, 1200));
        return room > 0 && from != _end ? Data(from, room) : _random.Next(4) == 0 ? Probe() : Acknowledge();
    }

    /// <summary>One octet into a closed window (RFC 9293, 3.8.6.1), or the last octet again to see whether the other still lives (3.8.4).</summary>
    private TcpPeerSegment Probe()
    {
        bool isIdle = _unacknowledged == _next;
        bool hasData = isIdle && (int)(_end - 1 - _next) > 0;
        return hasData && _otherEdge == _next ? Data(_next, 1)
            : hasData ? new TcpPeerSegment(TcpFlags.Ack, _next - 1, _received, Window(), _random.Next(2), [])
            : Acknowledge();
    }

    private void TakeAcknowledgment(TcpPeerSegment segment)
    {
        if ((segment.Flags & TcpFlags.Ack) == 0)
        {
            return;
        }

        if ((int)(segment.Acknowledgment - _unacknowledged) > 0)
        {
            _unacknowledged = segment.Acknowledgment;
            _next = (int)(_next - _unacknowledged) < 0 ? _unacknowledged : _next;
        }

        bool isScaled = IsScaled && (segment.Flags & TcpFlags.Syn) == 0;
        uint edge = segment.Acknowledgment + ((uint)segment.Window << (isScaled ? _otherScale : 0));
        _otherEdge = _otherEdge == 0 || (int)(edge - _otherEdge) > 0 ? edge : _otherEdge;
    }

    private void NoteTold(TcpPeerSegment segment)
    {
        uint window = (uint)segment.Window << (IsScaled && (segment.Flags & TcpFlags.Syn) == 0 ? _scale : 0);
        LargestWindow = Math.Max(LargestWindow, window);
        if ((segment.Flags & TcpFlags.Ack) == 0)
        {
            return;
        }

        uint edge = segment.Acknowledgment + window;
        ToldEdge = !_hasToldWindow || (int)(edge - ToldEdge) > 0 ? edge : ToldEdge;
        Acknowledged = segment.Acknowledgment;
        _hasToldWindow = true;
    }

    private uint Room(uint from) => (int)(_otherEdge - from) > 0 ? Math.Min(_otherEdge - from, _end - from) : 0;

    // As real stacks do, every copy says the same: a window that only a repeated SYN told would be new to who heard the first.
    private TcpPeerSegment Syn()
    {
        _next = _initial + 1;
        byte[] options = _scale >= 0 && (!_hasOtherSyn || _otherScale >= 0) ? [1, 3, 3, (byte)_scale] : [];
        TcpFlags flags = TcpFlags.Syn | (_hasOtherSyn ? TcpFlags.Ack : 0);
        return new TcpPeerSegment(flags, _initial, _hasOtherSyn ? _received : 0, _synWindow, 0, options);
    }

    private TcpPeerSegment Acknowledge() => new(TcpFlags.Ack, _next, _received, Window(), 0, []);

    private TcpPeerSegment Data(uint from, uint length)
    {
        bool isLast = from + length == _end;
        uint until = from + length;
        _next = (int)(until - _next) > 0 ? until : _next;
        TcpFlags flags = TcpFlags.Ack | (isLast ? TcpFlags.Fin : TcpFlags.Psh);
        return new TcpPeerSegment(flags, from, _received, Window(), (int)length - (isLast ? 1 : 0), []);
    }

    // The right edge only moves to the right (RFC 9293 3.8.6); rounded up so that scaling does not pull it back.
    private int Window()
    {
        _offeredEdge = _offeredEdge == 0 ? _received + (uint)_synWindow : _offeredEdge;
        uint offered = _received + (uint)_random.Next(BufferOctets);
        _offeredEdge = (int)(offered - _offeredEdge) > 0 ? offered : _offeredEdge;
        int octets = (int)(_offeredEdge - _received);
        int shift = IsScaled ? _scale : 0;
        return (octets + (1 << shift) - 1) >> shift;
    }
}
