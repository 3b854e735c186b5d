using System.Buffers;
using SecurityGroups.Pipelines;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Pipelines;

public class FrameTests
{
    [Theory]
    [InlineData("", FrameStatus.Incomplete)]
    [InlineData("000000", FrameStatus.Incomplete)]
    [InlineData("00000000", FrameStatus.Complete)]
    [InlineData("00000002AA", FrameStatus.Incomplete)]
    [InlineData("00000002AABB", FrameStatus.Complete)]
    [InlineData("00000002AABBCC", FrameStatus.Complete)]
    [InlineData("00011000", FrameStatus.Incomplete)]
    [InlineData("00011001", FrameStatus.TooLong)]
    [InlineData("80000000", FrameStatus.TooLong)]
    [InlineData("FFFFFFFF", FrameStatus.TooLong)]
    public void LengthPrefixed_Head_Status(string head, object expected) =>
        Assert.Equal((FrameStatus)expected, Measure(head, PacketFraming.LengthPrefixed, out _));

    [Theory]
    [InlineData("", FrameStatus.Incomplete)]
    [InlineData("45", FrameStatus.Incomplete)]
    [InlineData("450000", FrameStatus.Incomplete)]
    [InlineData("45000014", FrameStatus.Incomplete)]
    [InlineData("45000013", FrameStatus.TooShort)]
    [InlineData("45000000", FrameStatus.TooShort)]
    [InlineData("600000000000", FrameStatus.Incomplete)]
    [InlineData("60000000000006", FrameStatus.Incomplete)]
    [InlineData("60000000000000", FrameStatus.Jumbogram)]
    [InlineData("00", FrameStatus.NotIp)]
    [InlineData("55000014", FrameStatus.NotIp)]
    public void RawIp_Head_Status(string head, object expected) =>
        Assert.Equal((FrameStatus)expected, Measure(head, PacketFraming.RawIp, out _));

    [Fact]
    public void LengthPrefixed_WholePacket_MeasuresPrefixAndPacket()
    {
        Measure("00000003AABBCCDD", PacketFraming.LengthPrefixed, out Frame frame);
        Assert.Equal(new Frame(4, 3), frame);
    }

    [Theory]
    [InlineData("10.0.0.5", "203.0.113.7", 28)]
    [InlineData("2001:db8::5", "2001:db8::7", 48)]
    public void RawIp_WholePacketBeforeAnother_MeasuresTheFirst(string source, string destination, int length)
    {
        byte[] packet = PacketBuilder.Ip(source, destination).Udp(1, 2);
        Assert.Equal(FrameStatus.Complete, Frame.Measure(new ReadOnlySequence<byte>([.. packet, .. packet]), PacketFraming.RawIp, out Frame frame));
        Assert.Equal(new Frame(0, length), frame);
    }

    private static FrameStatus Measure(string head, PacketFraming framing, out Frame frame) =>
        Frame.Measure(new ReadOnlySequence<byte>(Convert.FromHexString(head)), framing, out frame);
}
