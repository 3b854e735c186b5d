using System.Globalization;
using System.Text.RegularExpressions;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using RegexMatch = System.Text.RegularExpressions.Match;

namespace SecurityGroups.Tests.Tracking;

/// <summary>
/// A TCP conversation as text, one step per "|". A segment: <c>out SA 5000+100/1001 w200 ws7 sack9000 :5001 =&gt; OutOfWindow</c>, that is direction,
/// flags, sequence number, payload, acknowledgment, window (10000 unless given), window scale, SACK edge, remote port (5000 unless given)
/// and what is expected: <c>allow</c> unless given, <c>ignored</c>, or a reason to deny. Others: <c>E</c> = the handshake opened by the
/// instance, <c>wait 61</c>, <c>state established</c>, <c>timeout 300</c>, <c>count 1</c>.
/// </summary>
internal sealed partial class TcpScript(TrackerHarness harness, int localPort)
{
    private const string Handshake = "out S 1000 ws0 => new | in SA 5000/1001 ws0 | out A 1001/5001";
    private const int RemotePort = 5000;

    public static void Run(TrackerHarness harness, string script, int localPort = 40_000)
    {
        TcpScript runner = new(harness, localPort);
        foreach (string step in script.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            runner.Step(step);
        }

        Assert.Null(harness.Tracker.Table.FindDamage());
    }

    private void Step(string step)
    {
        string[] words = step.Split(' ');
        switch (words[0])
        {
            case "E":
                Run(harness, Handshake, localPort);
                break;
            case "wait":
                harness.Wait(double.Parse(words[1], CultureInfo.InvariantCulture));
                break;
            case "state":
                Assert.Equal(words[1], Connection()?.State ?? "none");
                break;
            case "timeout":
                Assert.Equal(double.Parse(words[1], CultureInfo.InvariantCulture), Math.Ceiling(Connection()!.ExpiresIn.TotalSeconds));
                break;
            case "count":
                Assert.Equal(int.Parse(words[1], CultureInfo.InvariantCulture), harness.Tracker.Count);
                break;
            default:
                Segment(step);
                break;
        }
    }

    private void Segment(string step)
    {
        RegexMatch match = SegmentPattern().Match(step);
        Assert.True(match.Success, $"not a step: {step}");
        Direction direction = match.Groups["dir"].Value == "out" ? Direction.Egress : Direction.Ingress;
        int remotePort = (int)Number(match, "port", RemotePort);
        (int source, int destination) = direction == Direction.Egress ? (localPort, remotePort) : (remotePort, localPort);
        PacketBuilder packet = harness.Between(direction)
            .Tcp(
                source, destination, Flags(match.Groups["flags"].Value), Number(match, "seq"), Number(match, "ack"), (int)Number(match, "win", 10_000),
                Options(match))
            .PayloadOfLength((int)Number(match, "len"));
        Decision decision = harness.Send(direction, packet.Build());
        string expected = match.Groups["expected"].Value;
        string actual = decision switch
        {
            { Verdict: Verdict.Allow, Reason: Reason.Established } => "",
            { Verdict: Verdict.Allow, Reason: Reason.MatchedRule } => "new",
            { Verdict: Verdict.Allow, Reason: Reason.PassIgnored } => "ignored",
            _ => decision.Reason.ToString(),
        };
        Assert.True(expected == actual || (expected == "allow" && decision.IsAllowed), $"{step}: {decision}");
    }

    private ConnectionInfo? Connection() =>
        harness.Find(Direction.Egress, harness.Out().Tcp(localPort, RemotePort, TcpFlags.Ack).Build());

    private static byte[] Options(RegexMatch match)
    {
        List<byte> options = [];
        if (match.Groups["ws"].Success)
        {
            options.AddRange([1, 3, 3, (byte)Number(match, "ws")]);
        }

        if (match.Groups["sackok"].Success)
        {
            options.AddRange([1, 1, 4, 2]);
        }

        if (match.Groups["sack"].Success)
        {
            uint edge = Number(match, "sack");
            byte[] left = BitConverter.GetBytes(edge - 10).Reverse().ToArray();
            byte[] right = BitConverter.GetBytes(edge).Reverse().ToArray();
            options.AddRange([1, 1, 5, 10, .. left, .. right]);
        }

        return [.. options];
    }

    private static uint Number(RegexMatch match, string group, uint absent = 0) =>
        match.Groups[group].Success ? uint.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : absent;

    private static TcpFlags Flags(string letters)
    {
        TcpFlags flags = TcpFlags.None;
        foreach (char letter in letters)
        {
            flags |= letter switch
            {
                'S' => TcpFlags.Syn,
                'A' => TcpFlags.Ack,
                'F' => TcpFlags.Fin,
                'R' => TcpFlags.Rst,
                'P' => TcpFlags.Psh,
                'U' => TcpFlags.Urg,
                'E' => TcpFlags.Ece,
                'C' => TcpFlags.Cwr,
                _ => throw new ArgumentException($"flag {letter}", nameof(letters)),
            };
        }

        return flags;
    }

    [GeneratedRegex(@"^(?<dir>out|in) (?<flags>[SAFRPUEC]+) (?<seq>\d+)(\+(?<len>\d+))?(/(?<ack>\d+))?( w(?<win>\d+))?( ws(?<ws>\d+))?( (?<sackok>sackok))?( sack(?<sack>\d+))?( :(?<port>\d+))?( => (?<expected>\w+))?$")]
    private static partial Regex SegmentPattern();
}
