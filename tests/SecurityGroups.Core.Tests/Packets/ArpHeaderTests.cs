using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Packets;

public sealed class ArpHeaderTests
{
    private static readonly PacketBuilder s_request = PacketBuilder.ArpRequest("02:00:00:00:00:aa", "10.0.0.5", "10.0.0.1");

    [Fact]
    public void Read_Request_FillsBothEnds()
    {
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(s_request, out ParsedPacket packet));
        Assert.Equal((PacketKind.Arp, (ushort)1, 0x0200000000AAul), (packet.Kind, packet.ArpOperation, packet.ArpSenderMac));
        Assert.Equal(((UInt128)0x0A000005, (UInt128)0x0A000001), (packet.Source, packet.Destination));
    }

    [Fact]
    public void Read_Gratuitous_IsNoLandAttack() =>
        Assert.Equal(Reason.NotEvaluated, Parsing.Ethernet(PacketBuilder.ArpRequest("02:00:00:00:00:aa", "10.0.0.5", "10.0.0.5")));

    [Theory]
    [InlineData(0, 0, 2)]
    [InlineData(2, 0x86, 0xDD)]
    [InlineData(4, 8, 4)]
    [InlineData(4, 6, 16)]
    public void Read_OtherHardwareOrProtocol_IsMalformed(int offset, byte first, byte second) =>
        Assert.Equal(Reason.Malformed, Parsing.Ethernet(s_request.Patch(offset, first, second)));

    [Fact]
    public void Read_Short_IsMalformed() => Assert.Equal(Reason.Malformed, Parsing.Ethernet(s_request.Truncate(14 + 27)));
}
