using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class TcpSegmentTests
{
    [Theory]
    [InlineData((int)TcpFlags.Ack, 0u, true)]
    [InlineData((int)TcpFlags.Ack, 7u, true)]
    [InlineData((int)(TcpFlags.Ack | TcpFlags.Syn), 0u, true)]
    [InlineData((int)(TcpFlags.Ack | TcpFlags.Rst), 0u, false)]
    [InlineData((int)(TcpFlags.Ack | TcpFlags.Rst), 7u, true)]
    [InlineData((int)TcpFlags.Rst, 7u, false)]
    [InlineData((int)TcpFlags.Syn, 7u, false)]
    public void HasAcknowledgment_GoesByTheFlag_ButAResetOfZeroSaysNothing(int flags, uint acknowledgment, bool expected)
    {
        ParsedPacket packet = new() { TcpFlags = (TcpFlags)flags, TcpAcknowledgment = acknowledgment };
        Assert.Equal(expected, new TcpSegment(packet).HasAcknowledgment);
    }

    [Theory]
    [InlineData((int)TcpFlags.Ack, 0u, 100u)]
    [InlineData((int)TcpFlags.Ack, 9u, 109u)]
    [InlineData((int)TcpFlags.Syn, 9u, 110u)]
    [InlineData((int)(TcpFlags.Fin | TcpFlags.Ack), 9u, 110u)]
    [InlineData((int)TcpFlags.Rst, 9u, 109u)]
    public void End_CountsOctetsSynAndFin(int flags, uint octets, uint end)
    {
        TcpSegment segment = new(new ParsedPacket { TcpFlags = (TcpFlags)flags, TcpSequence = 100, TcpPayloadOctets = octets });
        Assert.Equal((100u, end, octets != 0), (segment.Sequence, segment.End, segment.HasPayload));
    }
}
