using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Commands;

/// <summary>Bad input ends in one clear sentence and exit code 1; what was decided before it stays.</summary>
public sealed class ReplayBadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _policy;
    private readonly string _capture;

    public ReplayBadInputTests()
    {
        _policy = _folder.Write("policy.json", SmallCapture.Policy);
        _capture = _folder.Write("capture.pcap", SmallCapture.RawIp(SmallCapture.Handshake));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_BadPolicies_PrintsTheErrorsOfAll()
    {
        string bad = _folder.Write("bad.json", """{ "nics": [ { "id": "" } ], "wrong": 1 }""");
        string worse = _folder.Write("worse.json", """{ "securityGroups": [ { "id": "web", "rules": [ {} ] } ] }""");

        ToolRun run = await ToolRun.RunAsync("replay", "--policy", bad, "--update", $"2={worse}", _capture);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains($"{bad}: wrong: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{bad}: nics[0]", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{worse}: securityGroups[0].rules[0].direction: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nic")]
    [InlineData("--egress-nic")]
    [InlineData("--ingress-nic")]
    public async Task Replay_MissingNic_NamesThoseThereAre(string option)
    {
        ToolRun run = await ToolRun.RunAsync("replay", "--policy", _policy, option, "web-9", _capture);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"{_policy}: there is no NIC 'web-9'; there are db-1, web-1.{Environment.NewLine}", run.Error);
    }

    [Fact]
    public async Task Replay_MissingCapture_IsOneSentence()
    {
        ToolRun run = await ToolRun.RunAsync("replay", "--policy", _policy, _folder["nothing.pcap"]);
        Assert.Equal(1, run.ExitCode);
        AssertOneSentence($"{_folder["nothing.pcap"]}: cannot be read: ", run);
    }

    [Fact]
    public async Task Replay_NoCaptureAtAll_SaysWhatItIs()
    {
        ToolRun run = await ToolRun.RunAsync("replay", "--policy", _policy, _policy);
        Assert.Equal(1, run.ExitCode);
        AssertOneSentence($"{_policy}: it is neither a pcap nor a pcapng file.", run);
    }

    [Fact]
    public async Task Replay_DamagedCapture_KeepsWhatWasDecided()
    {
        byte[] whole = SmallCapture.RawIp(SmallCapture.Handshake);
        string damaged = _folder.Write("damaged.pcap", whole[..^1]);
        string written = _folder["written.pcap"];

        ToolRun run = await ToolRun.RunAsync("replay", "--policy", _policy, "--format", "ndjson", "--write-allowed", written, damaged);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal([1, 2], run.Objects.Select(line => line.GetProperty("packet").GetInt32()));
        AssertOneSentence($"{damaged}: damaged at octet 136, after 2 packets: it ends in the middle of a record.", run);
        Assert.Null(CaptureReading.Read(await File.ReadAllBytesAsync(written)).Error);
    }

    [Fact]
    public async Task Replay_UnknownLinkType_KeepsWhatWasDecided()
    {
        byte[] capture = new CaptureBuilder().Section().Interface(101).Interface(105).Enhanced(0, 1, SmallCapture.Handshake[0]).Enhanced(1, 2, [1, 2, 3]).ToArray();

        ToolRun run = await ToolRun.RunAsync(capture, "replay", "--policy", _policy, "--format", "ndjson", "-");

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Objects);
        AssertOneSentence("standard input: packet 2 has link type 105, which is not read; ", run);
    }

    [Fact]
    public async Task Replay_AmbiguousOwner_NamesBothAndKeepsWhatWasDecided()
    {
        string policy = _folder.Write(
            "twins.json",
            """
            { "nics": [ { "id": "a", "ipv4": "10.0.0.10" }, { "id": "b", "ipv4": "10.0.0.10", "networkId": "n2" }, { "id": "c", "ipv4": "10.0.0.30" } ] }
            """);
        byte[] capture = SmallCapture.RawIp(
            SmallCapture.Tcp(SmallCapture.X, 1, "10.0.0.30", 2, TcpFlags.Syn), SmallCapture.Tcp(SmallCapture.X, 1, "10.0.0.10", 2, TcpFlags.Syn));

        ToolRun run = await ToolRun.RunAsync(capture, "replay", "--policy", policy, "--format", "ndjson", "-");

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Objects);
        AssertOneSentence("Packet 2: the destination 10.0.0.10 may be NIC 'a' or 'b'; ", run);

        ToolRun chosen = await ToolRun.RunAsync(capture, "replay", "--policy", policy, "--format", "ndjson", "--nic", "a", "-");
        Assert.Equal(0, chosen.ExitCode);
    }

    [Fact]
    public async Task Replay_MixedLinkTypesIntoPcap_SaysToWritePcapng()
    {
        byte[] capture = new CaptureBuilder().Section().Interface(101).Interface(1)
            .Enhanced(0, 1, SmallCapture.Tcp(SmallCapture.X, 1, SmallCapture.W, 22, TcpFlags.Syn))
            .Enhanced(1, 2, PacketBuilder.Ip(SmallCapture.X, SmallCapture.W).Udp(1, 2).Ethernet())
            .ToArray();

        ToolRun pcap = await ToolRun.RunAsync(capture, "replay", "--policy", _policy, "--write-denied", _folder["denied.pcap"], "-");
        Assert.Equal(1, pcap.ExitCode);
        AssertOneSentence($"{_folder["denied.pcap"]}: a pcap file holds one link type, and packet 2 would mix 1 into 101; ", pcap);

        ToolRun pcapng = await ToolRun.RunAsync(capture, "replay", "--policy", _policy, "--write-denied", _folder["denied.pcapng"], "-");
        Assert.Equal(0, pcapng.ExitCode);
        Assert.Equal([101, 1], CaptureReading.Read(await File.ReadAllBytesAsync(_folder["denied.pcapng"])).Packets.Select(packet => packet.LinkType));
    }

    [Fact]
    public async Task Replay_UnwritableFile_IsOneSentence()
    {
        string path = Path.Combine(_folder["no-such-folder"], "allowed.pcap");
        ToolRun run = await ToolRun.RunAsync("replay", "--policy", _policy, "--write-allowed", path, _capture);
        Assert.Equal(1, run.ExitCode);
        AssertOneSentence($"{path}: cannot be written: ", run);
    }

    [Fact]
    public async Task Replay_UpdateBeyondTheCapture_IsMentioned()
    {
        ToolRun run = await ToolRun.RunAsync("replay", "--policy", _policy, "--update", $"9={_policy}", _capture);
        Assert.Equal(0, run.ExitCode);
        AssertOneSentence($"{_policy}: never took force: the capture has 3 packets, not 9.", run);
    }

    [Fact]
    public async Task Replay_EmptyCapture_IsDone()
    {
        ToolRun run = await ToolRun.RunAsync(new CaptureBuilder().PcapHeader(1).ToArray(), "replay", "--policy", _policy, "-");
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("0 packets in ", run.Output, StringComparison.Ordinal);
    }

    private static void AssertOneSentence(string start, ToolRun run)
    {
        Assert.StartsWith(start, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
