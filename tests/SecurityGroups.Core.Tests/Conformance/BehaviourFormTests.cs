using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The rows of behaviour.md about form: TCP flags (F), extension headers (X) and the hardening table.</summary>
public sealed class BehaviourFormTests
{
    private static readonly Policy s_ssh = Web(Ingress(IpProtocol.Tcp, 22, Remote.Any));

    [Theory]
    [InlineData("F01", "< -:BadFlags; E; < - 5001:BadFlags; < PA 5001+1 1001:est")]
    [InlineData("F02", "> SF:BadFlags; > SR:BadFlags; > FR:BadFlags; > SFA:BadFlags; > SRA:BadFlags; E; < SFA 5001 1001:BadFlags; < FR 5001:BadFlags")]
    [InlineData("F03", "> FPU:BadFlags; > F:BadFlags; E; < F 5001:BadFlags; < FPU 5001:BadFlags; < PA 5001+1 1001:est")]
    [InlineData("F04", "> SEC 1000:new; < SAE 5000 1001:est; > A 1001 5001:est")]
    [InlineData("F06", "> SP 1000+5:new; < SA 5000 1006:est")]
    [InlineData("F07", "> SU 1000:new; < SA 5000 1001:est")]
    public void TcpFlags_GoByTheMatrix(string row, string script)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Exception? failure = Record.Exception(() => new Scenario(P0).Play(e, script).Run());
            Assert.True(failure is null, $"{row}, {e.Ethertype}: {failure?.Message}");
        }
    }

    [Theory, Families]
    public void F05_ReservedBits_AreIgnored(Ethertype family)
    {
        Ends e = Ends.For(family);
        new Scenario(P0)
            .Egress(e.Out.Tcp(40000, 443, TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr, 1000).PatchTransport(12, 0x51), Reason.MatchedRule)
            .Ingress(e.In.Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001).PatchTransport(12, 0x51), Reason.Established)
            .Egress(e.Out.Tcp(40000, 443, TcpFlags.Ack, 1001, 5001).PatchTransport(12, 0x5F), Reason.Established)
            .Run();
    }

    [Theory, Families]
    public void F08_DataOffset_MustCoverTheHeaderAndFitTheSegment(Ethertype family)
    {
        PacketBuilder syn = Ends.For(family).Out.Tcp(40000, 443);
        new Scenario(P0)
            .Egress(syn.TcpDataOffset(4), Reason.Malformed)
            .Egress(syn.TcpDataOffset(6), Reason.Malformed)
            .Egress(syn.PayloadOfLength(39).TcpDataOffset(15), Reason.Malformed)
            .Egress(syn.PayloadOfLength(40).TcpDataOffset(15), Reason.MatchedRule)
            .Run();
    }

    [Theory, Families]
    public void F09_PortZero_IsMalformedUnlessSwitchedOn(Ethertype family)
    {
        Ends e = Ends.For(family);
        Scenario With(FirewallOptions options, Expect zero) => new Scenario(P0, options)
            .Egress(e.Out.Tcp(0, 443), zero)
            .Egress(e.Out.Tcp(40000, 0), zero)
            .Egress(e.Out.Udp(40000, 0), zero)
            .Egress(e.Out.UdpLite(40000, 0), zero)
            .Egress(e.Out.Sctp(40000, 0), zero)
            .Egress(e.Out.Dccp(40000, 0), zero);
        With(Options, Reason.Malformed).Egress(e.Out.Udp(0, 443), Reason.MatchedRule).Connections(0).Run();
        With(Options with { AllowPortZero = true }, Reason.MatchedRule).Run();
    }

    [Theory]
    [InlineData("030307 0200", 100)]
    [InlineData("030307 0201", 100)]
    [InlineData("030307 02FF", 100)]
    public void F10_BrokenTcpOption_EndsTheListAndKeepsWhatCameBefore(string options, int window)
    {
        byte[] octets = Convert.FromHexString(options.Replace(" ", "", StringComparison.Ordinal));
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            new Scenario(P0)
                .Egress(e.Out.Tcp(40000, 443, TcpFlags.Syn, 1000, options: octets), Reason.MatchedRule)
                .Ingress(e.In.Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001, options: octets), Reason.Established)
                .Egress(e.Out.Tcp(40000, 443, TcpFlags.Ack, 1001, 5001, window), Reason.Established)
                .Ingress(e.In.Tcp(443, 40000, TcpFlags.Ack, 17001, 1001).PayloadOfLength(100), Reason.Established)
                .Run();
        }
    }

    [Theory, Families]
    public void F11_BadChecksum_ChangesNothing(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder synAck = e.In.Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001);
        PacketBuilder[] broken = [e.Out.Tcp(1, 2).TransportChecksum(1), e.Out.Udp(1, 2).TransportChecksum(1), e.Out.EchoRequest().TransportChecksum(1)];
        Scenario verified = new(P0, Options with { VerifyChecksums = true });
        Scenario trusting = new(P0);
        foreach (PacketBuilder packet in broken)
        {
            verified.Egress(packet, Reason.BadChecksum);
            trusting.Egress(packet, Reason.MatchedRule);
        }

        trusting.Run();
        verified
            .Connections(0)
            .Egress(e.Out.Tcp(40000, 443, TcpFlags.Syn, 1000), Reason.MatchedRule)
            .Ingress(synAck.TransportChecksum(1), Reason.BadChecksum)
            .Ingress(synAck, Reason.Established)
            .Egress(e.Out.Udp(40000, 443), Reason.MatchedRule)
            .Egress(e.Out.EchoRequest(), Reason.MatchedRule)
            .Run();
    }

    [Fact]
    public void F11_IPv4HeaderChecksum_IsVerifiedToo() =>
        new Scenario(P0, Options with { VerifyChecksums = true }).Egress(Ends.IPv4.Out.Udp(1, 2).HeaderChecksum(0x1234), Reason.BadChecksum).Run();

    [Fact]
    public void F11_IPv4UdpWithoutChecksum_Passes() =>
        new Scenario(P0, Options with { VerifyChecksums = true }).Egress(Ends.IPv4.Out.Udp(1, 2).TransportChecksum(0), Reason.MatchedRule).Run();

    [Theory]
    [Trait("Row", "X")]
    [InlineData("X01 rule applies", "hop destination", Reason.MatchedRule)]
    [InlineData("X02 hop-by-hop not first", "destination hop", Reason.BadExtensionHeader)]
    [InlineData("X02 hop-by-hop twice", "hop hop", Reason.BadExtensionHeader)]
    [InlineData("X03 routing type 0", "routing0", Reason.BadExtensionHeader)]
    [InlineData("X03 routing type 2", "routing2", Reason.MatchedRule)]
    [InlineData("X04 nine headers", "hop destination destination destination destination destination destination destination destination", Reason.ExtensionHeaderLimit)]
    [InlineData("X04 more than 256 octets", "long long", Reason.ExtensionHeaderLimit)]
    [InlineData("X05 AH in 4-octet units", "ah", Reason.MatchedRule)]
    [InlineData("mobility, HIP and shim6 are walked", "mobility hip shim6", Reason.MatchedRule)]
    [InlineData("two fragment headers", "fragment fragment", Reason.BadExtensionHeader)]
    public void ExtensionHeaders_GoByTheMatrix(string row, string headers, Reason expected)
    {
        PacketBuilder packet = headers.Split(' ').Aggregate(Ends.IPv6.In, WithHeader).Tcp(5000, 22);
        Exception? failure = Record.Exception(() => new Scenario(s_ssh).Ingress(packet, expected).Run());
        Assert.True(failure is null, $"{row}: {failure?.Message}");
        if (expected == Reason.MatchedRule)
        {
            new Scenario(s_ssh).Ingress(headers.Split(' ').Aggregate(Ends.IPv6.In, WithHeader).Tcp(5000, 23), Reason.NoMatchingRule).Run();
        }
    }

    [Fact]
    public void X06_Esp_MatchesAnyOrItsOwnRuleOnly()
    {
        PacketBuilder esp = Ends.IPv6.In.Protocol(50, 0, 0, 0, 1, 0, 0, 0, 1);
        new Scenario(s_ssh).Ingress(esp, Reason.NoMatchingRule).Run();
        new Scenario(Web(Ingress(IpProtocol.FromNumber(50), Remote.Any))).Ingress(esp, Reason.MatchedRule)
            .Egress(Ends.IPv6.Out.Protocol(50, 0, 0, 0, 1, 0, 0, 0, 1), Reason.Established).Connections(1).Run();
        new Scenario(Web(IngressAll)).Ingress(esp, Reason.MatchedRule).Run();
    }

    [Fact]
    public void X07_NoNextHeader_MatchesAnyAndItsOwnRule()
    {
        PacketBuilder nothing = Ends.IPv6.In.Protocol(59);
        new Scenario(Web(IngressAll)).Ingress(nothing, Reason.MatchedRule).Run();
        new Scenario(Web(Ingress(IpProtocol.FromNumber(59), Remote.Any) with { Ethertype = Ethertype.IPv6 })).Ingress(nothing, Reason.MatchedRule).Run();
        new Scenario(s_ssh).Ingress(nothing, Reason.NoMatchingRule).Run();
    }

    [Fact]
    public void X08_JumboPayload_IsMalformed() => new Scenario(Web(IngressAll))
        .Ingress(Ends.IPv6.In.HopByHop(0xC2, 4, 0, 1, 0, 0).Tcp(5000, 22).TotalLength(0), Reason.Malformed)
        .Run();

    [Fact]
    [Trait("Row", "AH is walked in IPv6, not in IPv4")]
    public void AuthenticationHeader_InIPv4_IsTheProtocol()
    {
        PacketBuilder packet = Ends.IPv4.In.Protocol(51, [6, 4, .. new byte[22], .. new byte[20]]);
        new Scenario(s_ssh).Ingress(packet, Reason.NoMatchingRule).Run();
        new Scenario(Web(Ingress(IpProtocol.FromNumber(51), Remote.Any) with { Ethertype = Ethertype.IPv4 })).Ingress(packet, Reason.MatchedRule).Run();
    }

    [Fact]
    public void RulesForWalkedHeaders_NeverMatch()
    {
        SecurityGroupRule[] rules = [.. new byte[] { 0, 43, 44, 60 }.Select(number => Ingress(IpProtocol.FromNumber(number), Remote.Any) with { Ethertype = Ethertype.IPv6 })];
        new Scenario(Web(rules))
            .Ingress(Ends.IPv6.In.HopByHop().Tcp(5000, 22), Reason.NoMatchingRule)
            .Ingress(Ends.IPv6.In.DestinationOptions().Udp(5000, 22), Reason.NoMatchingRule)
            .Ingress(Ends.IPv6.In.Routing(2).Udp(5000, 22), Reason.NoMatchingRule)
            .Run();
    }

    /// <summary>Lengths that lie; every one is denied for its form although every rule allows it.</summary>
    public static TheoryData<string, Reason> Lies => new()
    {
        { "empty", Reason.Malformed },
        { "one octet", Reason.Malformed },
        { "header cut", Reason.Malformed },
        { "version 5", Reason.Malformed },
        { "total length beyond capture", Reason.Malformed },
        { "transport cut", Reason.Malformed },
        { "UDP length 7 (U09)", Reason.Malformed },
        { "UDP length beyond payload (U09)", Reason.Malformed },
        { "UDP without payload (U10)", Reason.MatchedRule },
        { "padding behind the packet", Reason.MatchedRule },
    };

    [Theory, MemberData(nameof(Lies))]
    public void Lengths_AreCheckedAgainstEachOther(string lie, Reason expected)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            PacketBuilder udp = e.In.Udp(5000, 22).PayloadOfLength(4);
            PacketBuilder packet = lie switch
            {
                "empty" => udp.Truncate(0),
                "one octet" => udp.Truncate(1),
                "header cut" => udp.Truncate(e.IsIPv4 ? 19 : 39),
                "version 5" => udp.Version(5),
                "total length beyond capture" => udp.Truncate(e.IsIPv4 ? 31 : 51),
                "transport cut" => e.In.Protocol(17, 1, 2, 3, 4, 5, 6, 7),
                "UDP length 7 (U09)" => udp.UdpLength(7),
                "UDP length beyond payload (U09)" => udp.UdpLength(13),
                "UDP without payload (U10)" => e.In.Udp(5000, 22),
                _ => udp.Padding(20),
            };
            new Scenario(Web(IngressAll)).Ingress(packet, expected).Run();
        }
    }

    [Theory]
    [InlineData("header length 4 words", Reason.Malformed)]
    [InlineData("header length beyond total", Reason.Malformed)]
    [InlineData("total length below header", Reason.Malformed)]
    [InlineData("options of no harm", Reason.MatchedRule)]
    [InlineData("loose source route", Reason.IpOptions)]
    [InlineData("strict source route", Reason.IpOptions)]
    [InlineData("option length zero", Reason.Malformed)]
    [InlineData("option past the header", Reason.Malformed)]
    public void IPv4Header_IsCheckedAgainstItself(string lie, Reason expected)
    {
        PacketBuilder udp = Ends.IPv4.In.Udp(5000, 22);
        PacketBuilder packet = lie switch
        {
            "header length 4 words" => udp.HeaderLength(4),
            "header length beyond total" => udp.HeaderLength(15),
            "total length below header" => udp.TotalLength(19),
            "options of no harm" => udp.IPv4Options(1, 7, 7, 4, 0, 0, 0, 0),
            "loose source route" => udp.IPv4Options(131, 7, 4, 1, 2, 3, 4),
            "strict source route" => udp.IPv4Options(137, 7, 4, 1, 2, 3, 4),
            "option length zero" => udp.IPv4Options(7, 0, 0, 0),
            _ => udp.IPv4Options(7, 9, 0, 0),
        };
        new Scenario(Web(IngressAll)).Ingress(packet, expected).Run();
        if (expected == Reason.IpOptions)
        {
            new Scenario(Web(IngressAll), Options with { AllowSourceRoute = true }).Ingress(packet, Reason.MatchedRule).Run();
        }
    }

    private static PacketBuilder WithHeader(PacketBuilder packet, string header) => header switch
    {
        "hop" => packet.HopByHop(),
        "destination" => packet.DestinationOptions(),
        "routing0" => packet.Routing(0),
        "routing2" => packet.Routing(2),
        "long" => packet.DestinationOptions(new byte[150]),
        "ah" => packet.Authentication(),
        "mobility" => packet.Extension(135, 0, 0, 0, 0, 0, 0, 0, 0),
        "hip" => packet.Extension(139, 0, 0, 0, 0, 0, 0, 0, 0),
        "shim6" => packet.Extension(140, 0, 0, 0, 0, 0, 0, 0, 0),
        _ => packet.Fragment(0, true),
    };
}
