using SecurityGroups.Cli.Captures;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Captures;

public sealed class CaptureWriterTests
{
    private static readonly CapturedPacket[] s_packets =
    [
        new(1, 1_767_225_600_123_456_789, LinkTypes.Raw, 1500, new byte[] { 1, 2, 3 }),
        new(2, 0, LinkTypes.Raw, 4, new byte[] { 4, 5, 6, 7 }),
    ];

    [Theory]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public void Writer_WhatItWrote_ReadsBackEqual(string name)
    {
        (List<CapturedPacket> read, string? error) = CaptureReading.Read(Written(name, s_packets));

        Assert.Null(error);
        Assert.Equal(s_packets.Select(packet => packet with { Data = default }), read.Select(packet => packet with { Data = default }));
        Assert.Equal(s_packets.Select(packet => Convert.ToHexString(packet.Data.Span)), read.Select(packet => Convert.ToHexString(packet.Data.Span)));
    }

    [Theory]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public void Writer_NoPackets_IsStillACapture(string name)
    {
        (List<CapturedPacket> read, string? error) = CaptureReading.Read(Written(name, []));
        Assert.Empty(read);
        Assert.Null(error);
    }

    [Fact]
    public void Pcapng_MixedLinkTypes_KeepsThem()
    {
        byte[] written = Written("out.PCAPNG", [s_packets[0], s_packets[1] with { LinkType = LinkTypes.Ethernet }, s_packets[0]]);
        Assert.Equal([101, 1, 101], CaptureReading.Read(written).Packets.Select(packet => packet.LinkType));
    }

    [Fact]
    public void Pcap_MixedLinkTypes_IsRefusedWithTheWayOut()
    {
        CaptureException error = Assert.Throws<CaptureException>(
            () => Written("out.pcap", [s_packets[0], s_packets[1] with { LinkType = LinkTypes.Ethernet }]));
        Assert.Equal("out.pcap: a pcap file holds one link type, and packet 2 would mix 1 into 101; give the file the ending .pcapng.", error.Message);
    }

    [Theory]
    [InlineData(-5L, 0L)]
    [InlineData(long.MaxValue, 4_294_967_295_999_999_999L)]
    public void Pcap_TimeBeyondItsRange_BecomesTheNearest(long written, long read)
    {
        byte[] capture = Written("out.pcap", [s_packets[1] with { Nanoseconds = written }]);
        Assert.Equal(read, Assert.Single(CaptureReading.Read(capture).Packets).Nanoseconds);
    }

    [Theory]
    [InlineData(-5L, 0L)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Pcapng_TimeBeforeItsRange_BecomesTheNearest(long written, long read)
    {
        byte[] capture = Written("out.pcapng", [s_packets[1] with { Nanoseconds = written }]);
        Assert.Equal(read, Assert.Single(CaptureReading.Read(capture).Packets).Nanoseconds);
    }

    private static byte[] Written(string name, CapturedPacket[] packets)
    {
        using MemoryStream output = new();
        using (CaptureWriter writer = CaptureWriter.Create(output, name))
        {
            foreach (CapturedPacket packet in packets)
            {
                writer.Write(packet);
            }
        }

        return output.ToArray();
    }
}
