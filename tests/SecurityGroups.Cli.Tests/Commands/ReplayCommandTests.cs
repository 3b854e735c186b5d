using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Commands;

public sealed class ReplayCommandTests : IDisposable
{
    private const TcpFlags Data = TcpFlags.Ack | TcpFlags.Psh;

    private readonly TemporaryFolder _folder = new();
    private readonly string _policy;

    public ReplayCommandTests() => _policy = _folder.Write("policy.json", SmallCapture.Policy);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ndjson_Handshake_IsThatOfTheContract()
    {
        ToolRun run = await ReplayAsync(SmallCapture.RawIp(SmallCapture.Handshake));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(
            """
            {"packet":1,"time":"2026-01-01T00:00:00.000000Z","nic":"web-1","direction":"ingress","verdict":"allow","reason":"matchedRule","rule":"r1","group":"web","protocol":"tcp","source":"203.0.113.7","sourcePort":5000,"destination":"10.0.0.10","destinationPort":443,"ethertype":"IPv4"}
            {"packet":2,"time":"2026-01-01T00:00:01.000000Z","nic":"web-1","direction":"egress","verdict":"allow","reason":"established","protocol":"tcp","source":"10.0.0.10","sourcePort":443,"destination":"203.0.113.7","destinationPort":5000,"ethertype":"IPv4"}
            {"packet":3,"time":"2026-01-01T00:00:02.000000Z","nic":"web-1","direction":"ingress","verdict":"allow","reason":"established","protocol":"tcp","source":"203.0.113.7","sourcePort":5000,"destination":"10.0.0.10","destinationPort":443,"ethertype":"IPv4"}

            """,
            run.Output);
    }

    [Fact]
    public async Task Ndjson_BetweenTwoNics_IsJudgedAtEgressThenIngress()
    {
        ToolRun run = await ReplayAsync(SmallCapture.RawIp(
            SmallCapture.Tcp(SmallCapture.W, 4000, SmallCapture.D, 3306, TcpFlags.Syn),
            SmallCapture.Tcp(SmallCapture.W, 4001, SmallCapture.D, 3307, TcpFlags.Syn),
            SmallCapture.Tcp(SmallCapture.W, 4002, SmallCapture.D, 22, TcpFlags.Syn),
            SmallCapture.Tcp(SmallCapture.X, 4003, "198.51.100.1", 22, TcpFlags.Syn)));

        Assert.Equal(
            [
                "1 web-1 egress allow matchedRule", "1 db-1 ingress allow matchedRule",
                "2 web-1 egress allow matchedRule", "2 db-1 ingress deny noMatchingRule",
                "3 web-1 egress deny noMatchingRule",
                "4 none",
            ],
            run.Judgements);
    }

    [Fact]
    public async Task Ndjson_Broadcast_IsJudgedAtEveryOtherNic()
    {
        byte[] capture = new CaptureBuilder().PcapHeader(1)
            .PcapPacket(SmallCapture.Second, 0, PacketBuilder.ArpRequest("02:00:00:00:00:01", SmallCapture.W, SmallCapture.D))
            .PcapPacket(SmallCapture.Second, 1, PacketBuilder.Ip(SmallCapture.X, "224.0.0.251").Udp(5353, 5353).Ethernet())
            .ToArray();

        ToolRun run = await ReplayAsync(capture);

        Assert.Equal(
            [
                "1 web-1 egress allow infrastructure", "1 db-1 ingress allow infrastructure",
                "2 db-1 ingress deny noMatchingRule", "2 web-1 ingress deny noMatchingRule",
            ],
            run.Judgements);
    }

    [Fact]
    public async Task Ndjson_RestrictedOrForcedNics_JudgeAlone()
    {
        byte[] capture = SmallCapture.RawIp(SmallCapture.Tcp(SmallCapture.W, 4000, SmallCapture.D, 3307, TcpFlags.Syn));

        Assert.Equal(["1 db-1 ingress deny noMatchingRule"], (await ReplayAsync(capture, "--nic", "db-1")).Judgements);
        Assert.Equal(["1 web-1 egress allow matchedRule"], (await ReplayAsync(capture, "--nic", "web-1")).Judgements);
        Assert.Equal(["1 db-1 egress deny spoofedSource"], (await ReplayAsync(capture, "--egress-nic", "db-1")).Judgements);
        Assert.Equal(["1 web-1 ingress deny notForThisNic"], (await ReplayAsync(capture, "--ingress-nic", "web-1")).Judgements);
        Assert.Equal(
            ["1 web-1 egress allow matchedRule", "1 db-1 ingress deny noMatchingRule"],
            (await ReplayAsync(capture, "--egress-nic", "web-1", "--ingress-nic", "db-1")).Judgements);
    }

    [Fact]
    public async Task Ndjson_CutPackets_AreJudgedAsLongAsTheirHeadersAreThere()
    {
        byte[] packet = PacketBuilder.Ip(SmallCapture.X, SmallCapture.W).Tcp(5000, 443).PayloadOfLength(1000);
        byte[] capture = new CaptureBuilder().PcapHeader(101)
            .PcapPacket(SmallCapture.Second, 0, packet[..60], packet.Length)
            .PcapPacket(SmallCapture.Second, 0, packet[..30], packet.Length)
            .PcapPacket(SmallCapture.Second, 0, packet[..10], packet.Length)
            .ToArray();

        Assert.Equal(
            ["1 web-1 ingress allow matchedRule", "2 web-1 ingress none truncatedCapture", "3 none truncatedCapture"],
            (await ReplayAsync(capture)).Judgements);
    }

    [Fact]
    public async Task Ndjson_SegmentationOffload_IsReadAsTheOriginalLength()
    {
        byte[] packet = PacketBuilder.Ip(SmallCapture.X, SmallCapture.W).Tcp(5000, 443).PayloadOfLength(3000).TotalLength(0);
        Assert.Equal(["1 web-1 ingress allow matchedRule"], (await ReplayAsync(SmallCapture.RawIp(packet))).Judgements);
    }

    [Fact]
    public async Task Ndjson_TaggedFrames_AreJudgedWhateverTheirVlan()
    {
        byte[] capture = new CaptureBuilder().PcapHeader(1)
            .PcapPacket(SmallCapture.Second, 0, PacketBuilder.Ip(SmallCapture.X, SmallCapture.W).Tcp(5000, 443).Vlan(100).Vlan(7))
            .ToArray();

        ToolRun run = await ReplayAsync(capture);

        Assert.Equal(["1 web-1 ingress allow matchedRule"], run.Judgements);
        Assert.Contains("\"vlan\":[100,7]", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ndjson_CookedCapture_IsJudgedAsIp()
    {
        byte[] header = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
        byte[] capture = new CaptureBuilder().PcapHeader(113)
            .PcapPacket(SmallCapture.Second, 0, [.. header, 8, 0, .. SmallCapture.Handshake[0]])
            .PcapPacket(SmallCapture.Second, 1, [.. header, 8, 6, .. new byte[28]])
            .ToArray();

        Assert.Equal(["1 web-1 ingress allow matchedRule", "2 none notIp"], (await ReplayAsync(capture)).Judgements);
    }

    [Fact]
    public async Task Update_Revalidate_RevokesTheConnection_S30()
    {
        ToolRun run = await ReplayAsync(ConnectionAcrossAnUpdate(), "--update", $"4={WithoutRule()}");
        Assert.Equal(
            [
                "1 web-1 ingress allow matchedRule", "2 web-1 egress allow established", "3 web-1 ingress allow established",
                "4 web-1 ingress deny policyRevoked", "5 web-1 egress deny policyRevoked", "6 web-1 ingress deny policyRevoked",
                "7 web-1 ingress deny noMatchingRule",
            ],
            run.Judgements);
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("keep-until-idle")]
    public async Task Update_Keep_KeepsTheConnection_S31(string mode)
    {
        ToolRun run = await ReplayAsync(ConnectionAcrossAnUpdate(), "--established", mode, "--update", $"4={WithoutRule()}");
        Assert.Equal(
            [
                "1 web-1 ingress allow matchedRule", "2 web-1 egress allow established", "3 web-1 ingress allow established",
                "4 web-1 ingress allow established", "5 web-1 egress allow established", "6 web-1 ingress allow established",
                "7 web-1 ingress deny noMatchingRule",
            ],
            run.Judgements);
    }

    [Fact]
    public async Task Update_Several_TakeForceInTheOrderOfTheirPackets()
    {
        byte[] capture = SmallCapture.RawIp([.. Enumerable.Range(0, 4).Select(i => SmallCapture.Tcp(SmallCapture.X, 5000 + i, SmallCapture.W, 443, TcpFlags.Syn))]);
        ToolRun run = await ReplayAsync(capture, "--update", $"4={_policy}", "--update", $"2={WithoutRule()}");
        Assert.Equal(["allow", "deny", "deny", "allow"], run.Objects.Select(line => line.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task Update_ThatAddsANic_JudgesItFromThenOn()
    {
        string two = _folder.Write("two.json", SmallCapture.Policy);
        string one = _folder.Write("one.json", """{ "nics": [ { "id": "db-1", "ipv4": "10.0.0.20" } ] }""");
        byte[] syn = SmallCapture.Handshake[0];
        ToolRun run = await ToolRun.RunAsync(
            SmallCapture.RawIp(syn, syn, syn), "replay", "--policy", one, "--format", "ndjson", "--update", $"2={two}", "--update", $"3={one}", "-");
        Assert.Equal(["1 none", "2 web-1 ingress allow matchedRule", "3 none"], run.Judgements);
    }

    [Fact]
    public async Task PickUp_DecidesAboutAConnectionWithoutItsSyn()
    {
        byte[] capture = SmallCapture.RawIp(SmallCapture.Handshake[2]);
        Assert.Equal(["1 web-1 ingress deny notSyn"], (await ReplayAsync(capture)).Judgements);
        Assert.Equal(["1 web-1 ingress allow matchedRule"], (await ReplayAsync(capture, "--pickup", "loose")).Judgements);
        Assert.Equal(["1 web-1 ingress deny notSyn"], (await ReplayAsync(capture, "--pickup", "loose-egress-only")).Judgements);
    }

    [Theory]
    [InlineData("default", "deny")]
    [InlineData("linux", "deny")]
    [InlineData("aws", "deny")]
    [InlineData("rfc", "allow")]
    public async Task Timeouts_DriveTheClockOfThePackets(string preset, string verdict)
    {
        // A UDP reply 100 s after its request: only RFC 4787's two minutes still admit it.
        string policy = _folder.Write(
            "dns.json",
            """
            { "securityGroups": [ { "id": "dns", "rules": [ { "direction": "egress" } ] } ], "nics": [ { "id": "w", "ipv4": "10.0.0.10", "securityGroups": ["dns"] } ] }
            """);
        byte[] capture = new CaptureBuilder().PcapHeader(101)
            .PcapPacket(SmallCapture.Second, 0, PacketBuilder.Ip(SmallCapture.W, SmallCapture.X).Udp(4000, 53))
            .PcapPacket(SmallCapture.Second + 100, 0, PacketBuilder.Ip(SmallCapture.X, SmallCapture.W).Udp(53, 4000))
            .ToArray();

        ToolRun run = await ToolRun.RunAsync(capture, "replay", "--policy", policy, "--format", "ndjson", "--timeouts", preset, "-");

        Assert.Equal(["allow", verdict], run.Objects.Select(line => line.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task MaxConnections_BoundsTheTable()
    {
        byte[][] handshakes = [.. Enumerable.Range(0, 20).SelectMany(i => SmallCapture.HandshakeFrom(1000 + i))];
        ToolRun run = await ReplayAsync(SmallCapture.RawIp(handshakes), "--max-connections", "16");
        Assert.Equal(4 * 3, run.Objects.Count(line => line.GetProperty("verdict").GetString() == "deny"));
    }

    [Fact]
    public async Task Timestamps_GoingBackwards_ExpireNothing()
    {
        byte[][] handshake = SmallCapture.Handshake;
        byte[] capture = new CaptureBuilder().PcapHeader(101)
            .PcapPacket(SmallCapture.Second, 0, handshake[0])
            .PcapPacket(SmallCapture.Second - 100_000, 0, handshake[1])
            .PcapPacket(5, 0, handshake[2])
            .ToArray();
        Assert.All((await ReplayAsync(capture)).Objects, line => Assert.Equal("allow", line.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task WrittenCaptures_HoldWhatWasAllowedAndDenied()
    {
        byte[][] packets =
        [
            .. SmallCapture.Handshake,
            SmallCapture.Tcp(SmallCapture.X, 5001, SmallCapture.W, 22, TcpFlags.Syn),
            SmallCapture.Tcp(SmallCapture.W, 4001, SmallCapture.D, 3307, TcpFlags.Syn),
            SmallCapture.Tcp(SmallCapture.X, 5001, "198.51.100.1", 22, TcpFlags.Syn),
        ];

        ToolRun run = await ReplayAsync(
            SmallCapture.RawIp(packets), "--write-allowed", _folder["allowed.pcap"], "--write-denied", _folder["denied.pcap"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Hex(packets[..3]), Hex(Read("allowed.pcap")));
        Assert.Equal(Hex(packets[3..5]), Hex(Read("denied.pcap")));
    }

    [Fact]
    public async Task Summary_CountsAndNamesTheDeniedFlows()
    {
        byte[] capture = SmallCapture.RawIp(
            [.. SmallCapture.Handshake, .. Enumerable.Range(0, 30).Select(i => SmallCapture.Tcp(SmallCapture.X, 6000 + i, SmallCapture.W, 22, TcpFlags.Syn))]);

        ToolRun run = await ToolRun.RunAsync(capture, "replay", "--policy", _policy, "-");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Output);
        string[] rows = [.. run.Output.Split('\n').Select(line => string.Join(' ', line.Split(['|', ' '], StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("web-1 ingress allow matchedRule 1", rows);
        Assert.Contains("web-1 egress allow established 1", rows);
        Assert.Contains("web-1 ingress deny noMatchingRule 30", rows);
        Assert.Contains("web-1 ingress tcp 203.0.113.7 10.0.0.10 22 noMatchingRule 30", rows);
        Assert.Contains(rows, row => row.StartsWith("33 packets in ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ndjson_Fragments_ShareTheVerdictOfTheirFirst()
    {
        PacketBuilder syn = PacketBuilder.Ip(SmallCapture.X, SmallCapture.W).Tcp(5000, 443, TcpFlags.Syn).PayloadOfLength(12);
        PacketBuilder denied = PacketBuilder.Ip(SmallCapture.X, SmallCapture.W).Tcp(5000, 22, TcpFlags.Syn).PayloadOfLength(12);
        ToolRun run = await ReplayAsync(SmallCapture.RawIp(
            syn.Fragment(0, true), syn.Fragment(32, false), denied.Fragment(0, true, 2), denied.Fragment(32, false, 2)));

        Assert.Equal(
            [
                "1 web-1 ingress allow matchedRule", "2 web-1 ingress allow matchedRule",
                "3 web-1 ingress deny noMatchingRule", "4 web-1 ingress deny laterFragmentWithoutFirst",
            ],
            run.Judgements);
    }

    [Fact]
    public async Task SharedCapture_OfAFragmentedAnswer_PassesButForThePieceWithoutFirst()
    {
        string policy = _folder.Write(
            "resolver.json",
            """
            { "securityGroups": [ { "id": "out", "rules": [ { "direction": "egress", "ethertype": "IPv6" } ] } ],
              "nics": [ { "id": "n", "ipv6": "2001:470:1f11:81f:d138:5f55:6d4:1fe2", "securityGroups": ["out"] } ] }
            """);
        foreach (string path in SharedData.Captures().Where(path => Path.GetFileName(path) == "ipv6-fragmented-dns.pcap"))
        {
            ToolRun run = await ToolRun.RunAsync("replay", "--policy", policy, "--format", "ndjson", path);
            Assert.Equal(["4 n ingress deny laterFragmentWithoutFirst"], run.Judgements.Where(judgement => judgement.Contains("deny", StringComparison.Ordinal)));
            Assert.Equal(8, run.Judgements.Count());
        }
    }

    [Fact]
    public async Task SharedCaptures_AreAllReplayed()
    {
        string policy = _folder.Write("none.json", """{ "nics": [ { "id": "any", "addressChecks": false } ] }""");
        foreach (string path in SharedData.Captures())
        {
            ToolRun found = await ToolRun.RunAsync("replay", "--policy", policy, "--format", "ndjson", path);
            Assert.True(found.ExitCode == 0, found.Error);
            ToolRun forced = await ToolRun.RunAsync(
                "replay", "--policy", policy, "--egress-nic", "any", "--ingress-nic", "any", "--write-denied", _folder["denied.pcapng"], path);
            Assert.True(forced.ExitCode == 0, forced.Error);
        }
    }

    /// <summary>A connection to W's port 443, then, from packet 4, data both ways, and a connection attempt of its own.</summary>
    private static byte[] ConnectionAcrossAnUpdate() => SmallCapture.RawIp(
    [
        .. SmallCapture.Handshake,
        SmallCapture.Tcp(SmallCapture.X, 5000, SmallCapture.W, 443, Data, 101, 901),
        SmallCapture.Tcp(SmallCapture.W, 443, SmallCapture.X, 5000, Data, 901, 101),
        SmallCapture.Tcp(SmallCapture.X, 5000, SmallCapture.W, 443, Data, 101, 901),
        SmallCapture.Tcp(SmallCapture.X, 5001, SmallCapture.W, 443, TcpFlags.Syn),
    ]);

    private static IEnumerable<string> Hex(IEnumerable<byte[]> packets) => packets.Select(Convert.ToHexString);

    private string WithoutRule() => _folder.Write("without.json", SmallCapture.WithoutRule);

    private IEnumerable<byte[]> Read(string name) => CaptureReading.Read(File.ReadAllBytes(_folder[name])).Packets.Select(packet => packet.Data.ToArray());

    private Task<ToolRun> ReplayAsync(byte[] capture, params string[] options) =>
        ToolRun.RunAsync(capture, ["replay", "--policy", _policy, "--format", "ndjson", .. options, "-"]);
}
