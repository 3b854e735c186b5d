using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests;

/// <summary>What the README says is so: its code is compiled and run here, its policy is read, its table is compared.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly string s_readme = Repository.Read("README.md");

    private readonly Firewall _firewall = new(PolicyJson.Read(Blocks("json").Single()), new FirewallOptions { LinkType = LinkType.RawIp });

    public void Dispose() => _firewall.Dispose();

    [Fact]
    public void Commands_OfTheFirstTwoBlocks_AreReplayAndTests()
    {
        string[] commands = Blocks("sh");
        Assert.StartsWith("dotnet run -c Release --project src/SecurityGroups.Cli -- replay --policy ", commands[0], StringComparison.Ordinal);
        Assert.Equal("dotnet test -c Release\n", commands[1]);
    }

    [Fact]
    public void Code_EveryBlock_IsCompiled()
    {
        string compiled = Trimmed(Repository.Read("tests", "ReadmeExample", "Program.cs"))
            + Trimmed(Repository.Read("tests", "SecurityGroups.Core.Tests", "ReadmeTests.cs"));
        Assert.NotEmpty(Blocks("csharp"));
        Assert.All(Blocks("csharp"), block => Assert.Contains(Trimmed(block), compiled, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Example_Runs_PrintsWhatTheReadmeSays()
    {
        Assert.Equal(Repository.Read("tests", "ReadmeExample", "Program.cs"), Blocks("csharp")[0]);
        string path = Path.Combine(AppContext.BaseDirectory, "ReadmeExample.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [path]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        Assert.Equal(Blocks("text")[0], output.ReplaceLineEndings("\n"));
        Assert.Equal(Repository.Read("tests", "ReadmeExample", "expected-output.txt"), output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Update_OfTheReadme_TakesEffect()
    {
        Firewall firewall = _firewall;
        NicFilter nic = firewall["web-1"];
        byte[] packet = PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Udp(40_000, 5_005);
        Assert.False(nic.Filter(Direction.Ingress, packet).IsAllowed);

        UpdateResult update = firewall.Update(policy => policy.UpdateGroup("web", group => group
            .WithRule(SecurityGroupRule.Ingress(IpProtocol.Udp, new PortRange(5000, 5010), Remote.Any))));
        Console.WriteLine($"Ruleset {update.Generation} is in force.");

        Assert.True(nic.Filter(Direction.Ingress, packet).IsAllowed);
    }

    [Fact]
    public void Modes_OfTheReadme_AreOfThatNic()
    {
        Firewall firewall = _firewall;

        firewall.Update(policy => policy.UpdateNic("web-1", nic => nic with
        {
            Options = new NicOptions { WindowCheck = WindowCheck.Log, PickUp = PickUp.LooseEgressOnly, MaxConnections = 10_000 },
        }));

        const TcpFlags Ack = TcpFlags.Ack;
        Assert.Equal(Reason.MatchedRule, firewall["web-1"].Filter(Direction.Egress, PacketBuilder.Ip("10.0.0.10", "203.0.113.7").Tcp(40_000, 443, Ack)).Reason);
        Assert.Equal(Reason.NotSyn, firewall["web-1"].Filter(Direction.Ingress, PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 443, Ack)).Reason);
    }

    [Fact]
    public void Explanation_OfTheReadme_NamesTheNearMiss()
    {
        NicFilter nic = _firewall["web-1"];
        byte[] packet = PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 8_443);
        Explanation explanation = nic.Explain(Direction.Ingress, packet);

        Console.WriteLine(nic.Explain(Direction.Ingress, packet));

        Assert.Equal(Reason.NoMatchingRule, explanation.Decision.Reason);
        Assert.NotEmpty(explanation.NearMisses);
    }

    [Fact]
    public void Connections_OfTheReadme_AreListedAndRemoved()
    {
        Firewall firewall = _firewall;
        Assert.True(firewall["web-1"].Filter(Direction.Ingress, PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 22)).IsAllowed);

        foreach (ConnectionInfo connection in firewall.GetConnections(new ConnectionFilter { NicId = "web-1", Remote = Cidr.Parse("203.0.113.0/24") }))
        {
            Console.WriteLine($"{connection.Protocol} {connection.RemoteAddress} {connection.State}, idle for {connection.Idle}");
        }

        int removed = firewall.RemoveConnections(new ConnectionFilter { Protocol = IpProtocol.Tcp, LocalPorts = new PortRange(22), MinIdle = TimeSpan.FromHours(1) });

        Assert.Equal(0, removed);
        Assert.Equal(1, firewall.RemoveConnections(new ConnectionFilter { Protocol = IpProtocol.Tcp, LocalPorts = new PortRange(22) }));
    }

    [Fact]
    public async Task Events_OfTheReadme_AreRead()
    {
        FirewallOptions options = new() { LinkType = LinkType.RawIp, Events = new FirewallEventOptions { Capacity = 16_384, DenialsPerSecond = 100 } };

        Firewall firewall = new(_firewall.Policy, options);
        CancellationToken cancellationToken = CancellationToken.None;
        firewall["web-1"].Filter(Direction.Ingress, PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 443));
        firewall["web-1"].Filter(Direction.Ingress, PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 8_443));
        firewall.Dispose();

        await foreach (FirewallEvent told in firewall.Events.ReadAllAsync(cancellationToken))
        {
            Console.WriteLine($"{told.Time:O} {told.NicId} {told.Kind} {told.Protocol} {told.RemoteAddress} {told.Decision.Reason} {told.End} {told.Traffic}");
        }

        Assert.False(firewall.Events.TryRead(out _));
        Assert.Equal(0, firewall.Events.Dropped);
    }

    [Fact]
    public void Burst_OfTheReadme_CountsTheAllowed()
    {
        NicFilter nic = _firewall["web-1"];
        byte[] first = PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 443);
        byte[] second = PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 444);
        byte[] third = PacketBuilder.Ip("10.0.0.10", "203.0.113.7").Tcp(443, 40_000);

        ReadOnlyMemory<byte>[] burst = [first, second, third];
        Decision[] decisions = new Decision[burst.Length];
        int allowed = nic.Filter(Direction.Ingress, burst, decisions);

        Assert.Equal(1, allowed);
        Assert.Equal([true, false, false], decisions.Select(decision => decision.IsAllowed));
    }

    [Fact]
    public async Task Stream_OfTheReadme_MovesPackets()
    {
        NicFilter nic = _firewall["web-1"];
        PipeReader fromInstance = PipeReader.Create(new MemoryStream([0, 0, 0, 1, 0x45]));
        PipeWriter toNetwork = PipeWriter.Create(Stream.Null);
        CancellationToken cancellationToken = CancellationToken.None;

        PacketStreamResult result = await nic.FilterAsync(
            Direction.Egress, fromInstance, toNetwork, PacketFraming.LengthPrefixed, cancellationToken);

        Assert.Equal(new PacketStreamResult(1, 0), result);
    }

    [Fact]
    public void Hold_OfTheReadme_EndsInTheVerdictOfTheFirst()
    {
        FirewallOptions options = new() { LinkType = LinkType.RawIp, Fragments = new FragmentOptions { HoldEarlyFragments = true } };

        using Firewall firewall = new(_firewall.Policy, options);
        NicFilter nic = firewall["web-1"];
        PacketBuilder datagram = PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 443).PayloadOfLength(12);
        byte[] packet = datagram.Fragment(32, false);
        List<(byte[] Packet, long HoldToken)> kept = [];

        Decision decision = nic.Filter(Direction.Ingress, packet);
        if (decision.Verdict == Verdict.Hold)
        {
            kept.Add((packet, decision.HoldToken));
        }

        long holdToken = kept.Single().HoldToken;
        Assert.Equal(decision, nic.AskAgain(Direction.Ingress, holdToken));
        Assert.True(nic.Filter(Direction.Ingress, datagram.Fragment(0, true)).IsAllowed);

        decision = nic.AskAgain(Direction.Ingress, holdToken);

        Assert.Equal((Verdict.Allow, Reason.MatchedRule), (decision.Verdict, decision.Reason));
    }

    [Fact]
    public void SaveAndRestore_OfTheReadme_CarryAConnection()
    {
        Firewall firewall = _firewall;
        firewall["web-1"].Filter(Direction.Ingress, PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(40_000, 443));
        using Firewall next = new(firewall.Policy, new FirewallOptions { LinkType = LinkType.RawIp });
        using MemoryStream file = new();

        long saved = firewall.SaveConnections(file);

        file.Position = 0;
        RestoreResult restored = next.RestoreConnections(file);
        Console.WriteLine($"{restored.Restored} connections go on.");

        Assert.Equal((1, 1), (saved, restored.Restored));
    }

    [Fact]
    public void TimeoutTable_EveryCell_IsThePreset()
    {
        Func<ConnectionTimeouts, TimeSpan>[] rows =
        [
            t => t.TcpSynSent, t => t.TcpSynReceived, t => t.TcpEstablished, t => t.TcpFinWait, t => t.TcpCloseWait, t => t.TcpLastAck, t => t.TcpTimeWait,
            t => t.TcpClose, t => t.TcpStalled, t => t.UdpUnreplied, t => t.UdpStream, t => t.IcmpQuery, t => t.SctpAndDccp, t => t.Other,
            t => t.FragmentsIPv4, t => t.FragmentsIPv6,
        ];
        ConnectionTimeouts[] presets = [ConnectionTimeouts.Default, ConnectionTimeouts.Linux, ConnectionTimeouts.Aws, ConnectionTimeouts.Rfc];
        string[][] cells = [.. TimeoutRow().Matches(s_readme).Select(row => row.Groups["cell"].Captures.Select(cell => cell.Value).ToArray())];
        Assert.Equal(rows.Select(row => presets.Select(preset => row(preset).TotalSeconds.ToString(CultureInfo.InvariantCulture)).ToArray()), cells);
    }

    private static string[] Blocks(string language) =>
        [.. Regex.Matches(s_readme, $"(?ms)^```{language}\n(.*?)^```$").Select(match => match.Groups[1].Value)];

    /// <summary>The lines without their indentation, so that a block may stand inside a method.</summary>
    private static string Trimmed(string code) =>
        code.Split('\n').Aggregate(new StringBuilder(), (lines, line) => lines.Append(line.Trim()).Append('\n')).ToString();

    [GeneratedRegex(@"^\| [^|`]+(\| (?<cell>\d+) ){4}\|$", RegexOptions.Multiline)]
    private static partial Regex TimeoutRow();
}
