using System.Globalization;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// Packet stories in one line, for tables of tests. Steps are separated by semicolons:
/// <c>&gt; S 1000:new; &lt; SA 5000 1001:est; wait 61; &lt; PA 5001+100 1001 win=50:NotSyn</c>.
/// <c>&gt;</c> leaves W, <c>&lt;</c> enters it; TCP flags (letters of SFRPAUEC, <c>-</c> for none), sequence number with payload octets,
/// acknowledgment; or <c>udp</c>, <c>udplite</c>, <c>sctp</c>, <c>dccp</c>, <c>proto N</c>, <c>echo</c>, <c>reply</c>. Options: <c>win</c>, <c>ws</c>
/// (window scale), <c>sackok=1</c>, <c>sack=a-b</c>, <c>lp</c> and <c>rp</c> (local and remote port), <c>id</c>, <c>from=stranger</c>. <c>E</c> = TCP handshake that W began.
/// <c>a*N</c> = a step N times.
/// </summary>
internal static class Script
{
    private const string Handshake = "> S 1000:new; < SA 5000 1001:est; > A 1001 5001:est";
    private const string FlagLetters = "FSRPAUEC";

    public static Scenario Play(this Scenario scenario, Ends ends, string script, int localPort = 40_000, int remotePort = 443)
    {
        foreach (string step in script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            PlayStep(scenario, ends, step, localPort, remotePort);
        }

        return scenario;
    }

    private static void PlayStep(Scenario scenario, Ends ends, string step, int localPort, int remotePort)
    {
        if (step == "E")
        {
            scenario.Play(ends, Handshake, localPort, remotePort);
        }
        else if (step.StartsWith("wait ", StringComparison.Ordinal))
        {
            scenario.Wait(double.Parse(step.AsSpan(5), CultureInfo.InvariantCulture));
        }
        else if (step.StartsWith("count ", StringComparison.Ordinal))
        {
            scenario.Connections(Number(step[6..]));
        }
        else
        {
            PlayPacket(scenario, ends, step, localPort, remotePort);
        }
    }

    private static void PlayPacket(Scenario scenario, Ends ends, string step, int localPort, int remotePort)
    {
        string[] halves = step.Split(':');
        string[] words = halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] expectation = halves[1].Split('*');
        Dictionary<string, string> options = words.Where(word => word.Contains('=')).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        int lp = Number(options.GetValueOrDefault("lp"), localPort);
        int rp = Number(options.GetValueOrDefault("rp"), remotePort);
        bool egress = words[0] == ">";
        string remote = options.GetValueOrDefault("from") == "stranger" ? ends.Stranger : ends.X;
        PacketBuilder ip = egress ? PacketBuilder.Ip(ends.W, remote) : PacketBuilder.Ip(remote, ends.W);
        PacketBuilder packet = Transport(ip, [.. words.Skip(1).Where(word => !word.Contains('='))], options, egress ? (lp, rp) : (rp, lp));
        for (int i = expectation.Length == 2 ? Number(expectation[1]) : 1; i > 0; i--)
        {
            _ = egress ? scenario.Egress(packet, Expect.Parse(expectation[0])) : scenario.Ingress(packet, Expect.Parse(expectation[0]));
        }
    }

    private static PacketBuilder Transport(PacketBuilder ip, string[] words, Dictionary<string, string> options, (int Source, int Destination) ports) => words[0] switch
    {
        "udp" => ip.Udp(ports.Source, ports.Destination).PayloadOfLength(8),
        "udplite" => ip.UdpLite(ports.Source, ports.Destination).PayloadOfLength(8),
        "sctp" => ip.Sctp(ports.Source, ports.Destination),
        "dccp" => ip.Dccp(ports.Source, ports.Destination),
        "proto" => ip.Protocol((byte)Number(words[1]), 1, 2, 3, 4, 5, 6, 7, 8),
        "echo" => ip.EchoRequest((ushort)Number(options.GetValueOrDefault("id"), 7)),
        "reply" => ip.EchoReply((ushort)Number(options.GetValueOrDefault("id"), 7)),
        _ => Tcp(ip, words, options, ports),
    };

    private static PacketBuilder Tcp(PacketBuilder ip, string[] words, Dictionary<string, string> options, (int Source, int Destination) ports)
    {
        string[] sequence = words.Length > 1 ? words[1].Split('+') : ["0"];
        uint acknowledgment = words.Length > 2 ? uint.Parse(words[2], CultureInfo.InvariantCulture) : 0;
        return ip
            .Tcp(
                ports.Source,
                ports.Destination,
                Flags(words[0]),
                uint.Parse(sequence[0], CultureInfo.InvariantCulture),
                acknowledgment,
                Number(options.GetValueOrDefault("win"), 10_000),
                TcpOptions(options))
            .PayloadOfLength(sequence.Length > 1 ? Number(sequence[1]) : 0);
    }

    private static TcpFlags Flags(string letters) =>
        (TcpFlags)letters.Where(letter => letter != '-').Sum(letter => 1 << FlagLetters.IndexOf(letter, StringComparison.Ordinal));

    private static byte[] TcpOptions(Dictionary<string, string> options)
    {
        byte[] scale = options.TryGetValue("ws", out string? shift) ? [1, 3, 3, (byte)Number(shift)] : [];
        byte[] sackPermitted = options.ContainsKey("sackok") ? [1, 1, 4, 2] : [];
        byte[] sack = options.TryGetValue("sack", out string? edges)
            ? [1, 1, 5, 10, .. edges.Split('-').SelectMany(edge => BitConverter.GetBytes(uint.Parse(edge, CultureInfo.InvariantCulture)).Reverse())]
            : [];
        return [.. scale, .. sackPermitted, .. sack];
    }

    private static int Number(string? text, int absent = 0) => text is null ? absent : int.Parse(text, CultureInfo.InvariantCulture);
}
