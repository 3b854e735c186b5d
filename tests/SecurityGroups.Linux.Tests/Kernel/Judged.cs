using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>A packet, what the library said to it, and the state of its connection before ("" = none).</summary>
internal sealed record Judged(Crossing Crossing, Decision Decision, string State, Direction? Initiated)
{
    public ParsedPacket Packet
    {
        get
        {
            _ = PacketParser.Parse(Crossing.Packet, Crossing.Packet.Length, LinkType.RawIp, default, out ParsedPacket packet);
            return packet;
        }
    }

    public bool FromInitiator => Crossing.Direction == Initiated;

    public bool IsTcp => Packet.Protocol == ProtocolNumbers.Tcp;

    public TcpSegmentKind Kind => IsTcp ? TcpStates.KindOf(Packet.TcpFlags) : TcpSegmentKind.None;

    public override string ToString() => $"{Crossing} : {Decision.Reason}{(State.Length == 0 ? "" : $" in {State}")}";
}
