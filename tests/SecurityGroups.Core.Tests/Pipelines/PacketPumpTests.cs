using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using FsCheck.Xunit;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Pipelines;

/// <summary>Streams of packets through one NIC that takes UDP to port 443 and nothing else.</summary>
public sealed class PacketPumpTests : IDisposable
{
    private static readonly byte[] s_allowed4 = Udp("203.0.113.7", "10.0.0.5", 443, 5);
    private static readonly byte[] s_allowed6 = Udp("2001:db8::7", "2001:db8::5", 443, 1_000);
    private static readonly byte[] s_denied4 = Udp("203.0.113.7", "10.0.0.5", 80, 3);
    private static readonly byte[] s_denied6 = Udp("2001:db8::7", "2001:db8::5", 80, 0);

    private readonly Firewall _firewall;
    private readonly NicFilter _nic;

    public PacketPumpTests()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("web").WithRule(SecurityGroupRule.Ingress(IpProtocol.Udp, 443, Remote.Any));
        Nic nic = new("eth0") { Addresses = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("2001:db8::5")], SecurityGroups = ["web"] };
        _firewall = new Firewall(Policy.Create([group], [nic]), new FirewallOptions { LinkType = LinkType.RawIp });
        _nic = _firewall["eth0"];
    }

    public void Dispose() => _firewall.Dispose();

    [Theory]
    [InlineData(PacketFraming.RawIp)]
    [InlineData(PacketFraming.LengthPrefixed)]
    public async Task Stream_MixedPackets_WritesTheAllowedOnesInOrder(PacketFraming framing)
    {
        byte[] input = Framed(framing, s_allowed4, s_denied6, s_allowed6, s_denied4, s_allowed4);
        (PacketStreamResult result, byte[] output) = await RunAsync(framing, new ReadOnlySequence<byte>(input));
        Assert.Equal(new PacketStreamResult(5, 3), result);
        Assert.Equal(Framed(framing, s_allowed4, s_allowed6, s_allowed4), output);
    }

    [Property(MaxTest = 50)]
    public async Task Stream_CutAnywhere_GivesTheSame(bool prefixed, FsCheck.NonEmptyArray<FsCheck.PositiveInt> cuts, ushort choice)
    {
        PacketFraming framing = prefixed ? PacketFraming.LengthPrefixed : PacketFraming.RawIp;
        byte[][] kinds = [s_allowed4, s_denied6, s_allowed6, s_denied4];
        byte[][] packets = [.. Enumerable.Range(0, 100).Select(i => kinds[(choice >> (i % 14)) & 3])];
        ReadOnlySequence<byte> input = Segments.Cut(Framed(framing, packets), [.. cuts.Get.Select(cut => cut.Get)]);

        (PacketStreamResult result, byte[] output) = await RunAsync(framing, input);

        byte[][] allowed = [.. packets.Where(packet => packet == s_allowed4 || packet == s_allowed6)];
        Assert.Equal(new PacketStreamResult(packets.Length, allowed.Length), result);
        Assert.Equal(Framed(framing, allowed), output);
    }

    [Fact]
    public async Task Stream_Empty_IsNoPackets()
    {
        (PacketStreamResult result, byte[] output) = await RunAsync(PacketFraming.RawIp, ReadOnlySequence<byte>.Empty);
        Assert.Equal(default, result);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Stream_PacketsOfNoOctets_AreDenied()
    {
        (PacketStreamResult result, byte[] output) = await RunAsync(PacketFraming.LengthPrefixed, new ReadOnlySequence<byte>(new byte[8]));
        Assert.Equal(new PacketStreamResult(2, 0), result);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Stream_PacketOfTheGreatestLength_IsDecidedAcrossSegments()
    {
        byte[] longest = new byte[69_632];
        byte[] input = Framed(PacketFraming.LengthPrefixed, s_allowed4, longest, s_allowed4, longest, s_allowed4);
        (PacketStreamResult result, byte[] output) = await RunAsync(PacketFraming.LengthPrefixed, Segments.Cut(input, 4_096));
        Assert.Equal(new PacketStreamResult(5, 3), result);
        Assert.Equal(Framed(PacketFraming.LengthPrefixed, s_allowed4, s_allowed4, s_allowed4), output);
    }

    [Theory]
    [InlineData(PacketFraming.LengthPrefixed, "000000", "octet 74 ", "only 3 octets")]
    [InlineData(PacketFraming.LengthPrefixed, "00000004AABBCC", "octet 74 ", "only 7 octets")]
    [InlineData(PacketFraming.LengthPrefixed, "00011001", "octet 74 ", "more than 69632 octets")]
    [InlineData(PacketFraming.RawIp, "45", "octet 66 ", "only 1 octets")]
    [InlineData(PacketFraming.RawIp, "45000014", "octet 66 ", "only 4 octets")]
    [InlineData(PacketFraming.RawIp, "45000013", "octet 66 ", "shorter than an IPv4 header")]
    [InlineData(PacketFraming.RawIp, "60000000000000", "octet 66 ", "jumbogram")]
    [InlineData(PacketFraming.RawIp, "F0", "octet 66 ", "neither IPv4 nor IPv6")]
    public async Task Stream_BrokenEnd_ThrowsAfterDeliveringWhatStandsBefore(PacketFraming framing, string end, params string[] message)
    {
        byte[] input = [.. Framed(framing, s_allowed4, s_allowed4), .. Convert.FromHexString(end)];
        Pipe output = new();
        PipeReader reader = PipeReader.Create(new ReadOnlySequence<byte>(input));

        InvalidDataException exception = await Assert.ThrowsAsync<InvalidDataException>(
            () => _nic.FilterAsync(Direction.Ingress, reader, output.Writer, framing).AsTask());

        Assert.All(message, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        Assert.True(output.Reader.TryRead(out ReadResult delivered));
        Assert.Equal(Framed(framing, s_allowed4, s_allowed4), delivered.Buffer.ToArray());
        Assert.True(reader.TryRead(out ReadResult rest));
        Assert.Equal(Convert.FromHexString(end), rest.Buffer.ToArray());
    }

    [Fact]
    public async Task Stream_SlowReader_SlowsTheInputDown()
    {
        Pipe output = new(new PipeOptions(pauseWriterThreshold: 64, resumeWriterThreshold: 32));
        byte[] input = Framed(PacketFraming.RawIp, [.. Enumerable.Repeat(s_allowed4, 100)]);
        PipeReader reader = PipeReader.Create(new ReadOnlySequence<byte>(input));

        Task<PacketStreamResult> run = _nic.FilterAsync(Direction.Ingress, reader, output.Writer, PacketFraming.RawIp).AsTask();
        List<byte> arrived = [];
        while (arrived.Count < input.Length)
        {
            ReadResult read = await output.Reader.ReadAsync();
            // One burst is under way, and no more until it was read.
            Assert.Equal(Math.Min(32 * s_allowed4.Length, input.Length - arrived.Count), read.Buffer.Length);
            Assert.False(run.IsCompleted);
            arrived.AddRange(read.Buffer.ToArray());
            output.Reader.AdvanceTo(read.Buffer.End);
        }

        Assert.Equal(new PacketStreamResult(100, 100), await run);
        Assert.Equal(input, arrived);
    }

    [Fact]
    public async Task Cancel_WhileWaitingForPackets_LeavesBothPipesUsable()
    {
        Pipe input = new();
        Pipe output = new();
        using CancellationTokenSource source = new();
        Task<PacketStreamResult> run = _nic.FilterAsync(Direction.Ingress, input.Reader, output.Writer, PacketFraming.RawIp, source.Token).AsTask();
        await input.Writer.WriteAsync(s_allowed4.Concat(s_allowed4[..9]).ToArray());
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        await input.Writer.WriteAsync(s_allowed4.AsMemory(9));
        await input.Writer.CompleteAsync();
        await _nic.FilterAsync(Direction.Ingress, input.Reader, output.Writer, PacketFraming.RawIp);
        await output.Writer.CompleteAsync();
        Assert.Equal(Framed(PacketFraming.RawIp, s_allowed4, s_allowed4), await ReadAllAsync(output.Reader));
    }

    [Fact]
    public async Task Cancel_WhileTheOutputIsFull_LosesAndRepeatsNothing()
    {
        Pipe output = new(new PipeOptions(pauseWriterThreshold: 16, resumeWriterThreshold: 8));
        byte[] packets = Framed(PacketFraming.RawIp, [.. Enumerable.Repeat(s_allowed4, 70)]);
        PipeReader reader = PipeReader.Create(new ReadOnlySequence<byte>(packets));
        using CancellationTokenSource source = new();
        Task<PacketStreamResult> first = _nic.FilterAsync(Direction.Ingress, reader, output.Writer, PacketFraming.RawIp, source.Token).AsTask();
        Assert.False(first.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Task<byte[]> arrived = ReadAllAsync(output.Reader);
        PacketStreamResult second = await _nic.FilterAsync(Direction.Ingress, reader, output.Writer, PacketFraming.RawIp);
        await output.Writer.CompleteAsync();
        Assert.Equal(new PacketStreamResult(70 - 32, 70 - 32), second);
        Assert.Equal(packets, await arrived);
    }

    [Fact]
    public async Task Cancel_ByThePipeItself_ThrowsToo()
    {
        Pipe input = new();
        input.Reader.CancelPendingRead();
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => _nic.FilterAsync(Direction.Ingress, input.Reader, new Pipe().Writer, PacketFraming.RawIp).AsTask());
    }

    [Fact]
    public async Task Output_NobodyReadsAnyMore_EndsEarly()
    {
        Pipe output = new();
        await output.Reader.CompleteAsync();
        byte[] packets = Framed(PacketFraming.RawIp, [.. Enumerable.Repeat(s_allowed4, 70)]);
        PipeReader reader = PipeReader.Create(new ReadOnlySequence<byte>(packets));
        PacketStreamResult result = await _nic.FilterAsync(Direction.Ingress, reader, output.Writer, PacketFraming.RawIp);
        Assert.Equal(new PacketStreamResult(32, 32), result);
        Assert.True(reader.TryRead(out ReadResult rest));
        Assert.Equal((70 - 32) * s_allowed4.Length, rest.Buffer.Length);
    }

    [Fact]
    public async Task Input_EndedWithAnError_PassesItOn()
    {
        Pipe input = new();
        await input.Writer.CompleteAsync(new IOException("The link is down."));
        await Assert.ThrowsAsync<IOException>(
            () => _nic.FilterAsync(Direction.Ingress, input.Reader, new Pipe().Writer, PacketFraming.RawIp).AsTask());
    }

    [Fact]
    public async Task Arguments_Wrong_ThrowAtTheDoor()
    {
        Pipe pipe = new();
        await Assert.ThrowsAsync<ArgumentNullException>("reader", () => Call(Direction.Ingress, null!, pipe.Writer, PacketFraming.RawIp));
        await Assert.ThrowsAsync<ArgumentNullException>("writer", () => Call(Direction.Ingress, pipe.Reader, null!, PacketFraming.RawIp));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("direction", () => Call((Direction)2, pipe.Reader, pipe.Writer, PacketFraming.RawIp));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("framing", () => Call(Direction.Ingress, pipe.Reader, pipe.Writer, default));

        Task Call(Direction direction, PipeReader reader, PipeWriter writer, PacketFraming framing) =>
            _nic.FilterAsync(direction, reader, writer, framing).AsTask();
    }

    [Fact]
    public async Task Nic_OfFrames_RefusesRawIp()
    {
        using Firewall firewall = new(_firewall.Policy, new FirewallOptions { LinkType = LinkType.Ethernet });
        Pipe pipe = new();
        await Assert.ThrowsAsync<ArgumentException>(
            "framing", () => firewall["eth0"].FilterAsync(Direction.Ingress, pipe.Reader, pipe.Writer, PacketFraming.RawIp).AsTask());
    }

    [Fact]
    public async Task Nic_ThatBecomesOneOfFramesMeanwhile_DeniesRawIp()
    {
        Pipe input = new();
        Pipe output = new();
        Task<PacketStreamResult> stream = _nic.FilterAsync(Direction.Ingress, input.Reader, output.Writer, PacketFraming.RawIp).AsTask();
        await input.Writer.WriteAsync(s_allowed4);
        Assert.Equal(s_allowed4.Length, (await output.Reader.ReadAtLeastAsync(s_allowed4.Length)).Buffer.Length);

        _firewall.Update(policy => policy.UpdateNic("eth0", nic => nic with { Options = new NicOptions { LinkType = LinkType.Ethernet } }));
        await input.Writer.WriteAsync(s_allowed4);
        await input.Writer.CompleteAsync();

        Assert.Equal(new PacketStreamResult(2, 1), await stream);
        Assert.Equal(1, _nic.GetStatistics()[Direction.Ingress, Reason.NotEvaluated]);
    }

    [Fact]
    public async Task Nic_WithCallerTimestamps_RefusesStreams()
    {
        using Firewall firewall = new(_firewall.Policy, new FirewallOptions { LinkType = LinkType.RawIp, CallerTimestamps = true });
        Pipe pipe = new();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => firewall["eth0"].FilterAsync(Direction.Ingress, pipe.Reader, pipe.Writer, PacketFraming.RawIp).AsTask());
    }

    private static byte[] Udp(string source, string destination, int port, int payload) =>
        PacketBuilder.Ip(source, destination).Udp(5_000, port).Payload(new byte[payload]);

    private static byte[] Framed(PacketFraming framing, params byte[][] packets)
    {
        List<byte> octets = [];
        byte[] prefix = new byte[4];
        foreach (byte[] packet in packets)
        {
            BinaryPrimitives.WriteInt32BigEndian(prefix, packet.Length);
            octets.AddRange(framing == PacketFraming.LengthPrefixed ? prefix : []);
            octets.AddRange(packet);
        }

        return [.. octets];
    }

    private async Task<(PacketStreamResult Result, byte[] Output)> RunAsync(PacketFraming framing, ReadOnlySequence<byte> input)
    {
        Pipe output = new();
        Task<byte[]> arrived = ReadAllAsync(output.Reader);
        PacketStreamResult result = await _nic.FilterAsync(Direction.Ingress, PipeReader.Create(input), output.Writer, framing);
        await output.Writer.CompleteAsync();
        return (result, await arrived);
    }

    private static async Task<byte[]> ReadAllAsync(PipeReader reader)
    {
        using MemoryStream octets = new();
        await reader.CopyToAsync(octets);
        return octets.ToArray();
    }
}
