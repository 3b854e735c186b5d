using SecurityGroups.Cli.Captures;
using SecurityGroups.Packets;

namespace SecurityGroups.Cli.Replay;

/// <summary>
/// Judges the packets of a capture, one after the other, by the clock of their own timestamps: at the egress of the NIC that sent a packet, then,
/// unless denied there, at the ingress of the NIC that it is for; multicast and broadcast at the ingress of every other NIC of the sender's
/// network. Not thread-safe.
/// </summary>
internal sealed class CaptureReplay
{
    private const long NanosecondsPerTick = 100;

    private static readonly ParserOptions s_parserOptions =
        new(VerifyChecksums: false, AllowPortZero: true, AllowSourceRoute: true) { SegmentationOffload = true };

    private readonly Firewall _firewall;
    private readonly View _view;
    private readonly FrameView _frames;
    private readonly IJudgementSink _sink;
    private readonly CaptureSorter _sorter;
    private readonly Queue<PolicyUpdate> _updates;
    private NicDirectory _nics;

    /// <summary>A replay into a firewall made for caller timestamps and Ethernet.</summary>
    public CaptureReplay(
        Firewall firewall, string captureName, View view, IEnumerable<PolicyUpdate> updates, IJudgementSink sink, CaptureSorter sorter)
    {
        _firewall = firewall;
        _view = view;
        _frames = new FrameView(captureName);
        _sink = sink;
        _sorter = sorter;
        _updates = new Queue<PolicyUpdate>(updates.OrderBy(update => update.PacketNumber));
        _nics = new NicDirectory(firewall, view.Only);
    }

    /// <summary>Updates whose packet has not come.</summary>
    public IEnumerable<PolicyUpdate> PendingUpdates => _updates;

    /// <summary>Judges the next packet.</summary>
    /// <exception cref="ToolException">The packet cannot be judged; those before have been.</exception>
    /// <exception cref="PolicyException">An update due before this packet is not valid.</exception>
    public void Judge(in CapturedPacket captured)
    {
        ApplyUpdates(captured.Number);
        LinkReading reading = _frames.Show(captured, out Frame frame);
        ParsedPacket packet = default;
        if (reading != LinkReading.Frame)
        {
            string reason = reading == LinkReading.Cut ? Judgement.TruncatedCapture : Judgement.NotIp;
            _sink.Add(captured, packet, Judgement.None(reason));
            return;
        }

        // A packet of bad form still has the members read so far; its denial is the filter's to give.
        PacketParser.Parse(frame.Octets, frame.OriginalLength, LinkType.Ethernet, s_parserOptions, out packet);
        PacketFate fate = JudgeEverywhere(captured, frame, packet);
        _sorter.Sort(captured, fate);
    }

    private void ApplyUpdates(long packetNumber)
    {
        while (_updates.TryPeek(out PolicyUpdate? update) && update.PacketNumber <= packetNumber)
        {
            _firewall.Update(_ => update.Policy);
            _nics = new NicDirectory(_firewall, _view.Only);
            _updates.Dequeue();
        }
    }

    private PacketFate JudgeEverywhere(in CapturedPacket captured, Frame frame, in ParsedPacket packet)
    {
        PacketFate fate = PacketFate.NotJudged;
        JudgedNic? sender = FindSender(frame, packet, captured.Number);
        if (sender is not null)
        {
            fate = JudgeAt(sender, Direction.Egress, captured, frame, packet);
            if (fate != PacketFate.Allowed)
            {
                return fate;
            }
        }

        fate = Worse(fate, JudgeIngress(captured, frame, packet, sender));
        if (fate == PacketFate.NotJudged)
        {
            bool isCut = packet.Has(PacketTraits.HeadersCut);
            _sink.Add(captured, packet, Judgement.None(isCut ? Judgement.TruncatedCapture : null));
        }

        return fate;
    }

    private PacketFate JudgeIngress(in CapturedPacket captured, Frame frame, in ParsedPacket packet, JudgedNic? sender)
    {
        if (!_view.IsForced && _nics.IsForEveryone(packet, frame.HasMacs))
        {
            return JudgeAtEveryoneElse(captured, frame, packet, sender);
        }

        JudgedNic? receiver = _view.IsForced
            ? _view.IngressNic is { } forced ? _nics.Find(forced) : null
            : _nics.FindReceiver(packet, frame.HasMacs, sender, captured.Number);
        return receiver is null ? PacketFate.NotJudged : JudgeAt(receiver, Direction.Ingress, captured, frame, packet);
    }

    private PacketFate JudgeAtEveryoneElse(in CapturedPacket captured, Frame frame, in ParsedPacket packet, JudgedNic? sender)
    {
        PacketFate fate = PacketFate.NotJudged;
        foreach (JudgedNic nic in _nics.All)
        {
            if (nic != sender && (sender is null || nic.Nic.NetworkId == sender.Nic.NetworkId))
            {
                fate = Worse(fate, JudgeAt(nic, Direction.Ingress, captured, frame, packet));
            }
        }

        return fate;
    }

    private JudgedNic? FindSender(Frame frame, in ParsedPacket packet, long packetNumber)
    {
        if (_view.IsForced)
        {
            return _view.EgressNic is { } forced ? _nics.Find(forced) : null;
        }

        return _nics.FindSender(packet, frame.HasMacs, packetNumber);
    }

    private PacketFate JudgeAt(JudgedNic nic, Direction direction, in CapturedPacket captured, Frame frame, in ParsedPacket packet)
    {
        if (!frame.HasMacs && direction == Direction.Egress)
        {
            _frames.SetSourceMac(nic.Mac);
        }

        TimeSpan timestamp = TimeSpan.FromTicks(captured.Nanoseconds / NanosecondsPerTick);
        if (!nic.Filter.TryFilterCaptured(direction, frame.Octets, frame.OriginalLength, timestamp, out Decision decision))
        {
            _sink.Add(captured, packet, new Judgement(nic, direction, null, Judgement.TruncatedCapture, null));
            return PacketFate.Unknown;
        }

        _firewall.TryGetRule(decision, out RuleReference? rule);
        _sink.Add(captured, packet, new Judgement(nic, direction, decision.Verdict, ReasonNames.Of(decision.Reason), rule));
        return decision.IsAllowed ? PacketFate.Allowed : PacketFate.Denied;
    }

    private static PacketFate Worse(PacketFate left, PacketFate right) => (PacketFate)Math.Max((byte)left, (byte)right);
}
