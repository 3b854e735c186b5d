using System.Text;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Cli.Output;
using SecurityGroups.Cli.Replay;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Output;

public sealed class NdjsonSinkTests
{
    private static readonly Nic s_web = new("web-1");

    [Fact]
    public void Line_AllowedTcp_IsThatOfTheContract() => Assert.Equal(
        """
        {"packet":1,"time":"2026-01-01T00:00:00.000000Z","nic":"web-1","direction":"ingress","verdict":"allow","reason":"matchedRule","rule":"r1","group":"web","protocol":"tcp","source":"203.0.113.7","sourcePort":5000,"destination":"10.0.0.10","destinationPort":443,"ethertype":"IPv4"}

        """,
        Line(PacketBuilder.Ip("203.0.113.7", "10.0.0.10").Tcp(5000, 443, TcpFlags.Syn).Ethernet(), Allowed("r1")));

    [Fact]
    public void Line_Icmp_HasTypeAndCodeInsteadOfPorts() => Assert.Equal(
        """
        {"packet":1,"time":"2026-01-01T00:00:00.000000Z","nic":"web-1","direction":"egress","verdict":"deny","reason":"noMatchingRule","protocol":"ipv6-icmp","source":"2001:db8::10","destination":"2001:db8::7","icmpType":128,"icmpCode":0,"ethertype":"IPv6"}

        """,
        Line(PacketBuilder.Ip("2001:db8::10", "2001:db8::7").EchoRequest().Ethernet(), Denied(Direction.Egress)));

    [Fact]
    public void Line_OneTagTwoTags_AreANumberAndAnArray()
    {
        PacketBuilder packet = PacketBuilder.Ip("10.0.0.1", "10.0.0.2").Udp(1, 2).Ethernet();
        Assert.EndsWith("\"vlan\":100}\n", Line(packet.Vlan(100), Denied(Direction.Ingress)), StringComparison.Ordinal);
        Assert.EndsWith("\"vlan\":[100,200]}\n", Line(packet.Vlan(100, 0x88A8).Vlan(200), Denied(Direction.Ingress)), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_Arp_HasAddressesButNoProtocol() => Assert.Equal(
        """
        {"packet":1,"time":"2026-01-01T00:00:00.000000Z","verdict":"none","source":"10.0.0.1","destination":"10.0.0.2","ethertype":"ARP"}

        """,
        Line(PacketBuilder.ArpRequest("02:00:00:00:00:01", "10.0.0.1", "10.0.0.2"), Judgement.None()));

    [Fact]
    public void Line_OtherEthertypeAndProtocol_AreNumbers()
    {
        Assert.Contains("\"ethertype\":\"0x88cc\"", Line(PacketBuilder.Frame(0x88CC, 1, 2, 3), Judgement.None()), StringComparison.Ordinal);
        Assert.Contains(
            "\"protocol\":\"253\"", Line(PacketBuilder.Ip("10.0.0.1", "10.0.0.2").Protocol(253, 1).Ethernet(), Judgement.None()), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_CutPacket_NamesTheReason() => Assert.Equal(
        """
        {"packet":1,"time":"2026-01-01T00:00:00.000000Z","verdict":"none","reason":"truncatedCapture"}

        """,
        Line([], Judgement.None(Judgement.TruncatedCapture)));

    [Fact]
    public void Line_OddNicName_IsEscapedJson()
    {
        Judgement judgement = new(new JudgedNic(new Nic("a\"\n<ü>"), null!), Direction.Ingress, Verdict.Deny, "malformed", null);
        Assert.Contains("\"nic\":\"a\\\"\\n<ü>\"", Line([], judgement), StringComparison.Ordinal);
    }

    [Fact]
    public void Reasons_AreTheNamesInCamelCase()
    {
        Assert.Equal("noMatchingRule", ReasonNames.Of(Reason.NoMatchingRule));
        Assert.Equal("firewallDisposed", ReasonNames.Of(Reason.FirewallDisposed));
    }

    private static Judgement Allowed(string ruleId)
    {
        SecurityGroupRule rule = SecurityGroupRule.Ingress(IpProtocol.Tcp, 443, Remote.Any) with { Id = ruleId };
        return new Judgement(new JudgedNic(s_web, null!), Direction.Ingress, Verdict.Allow, "matchedRule", new RuleReference(SecurityGroup.CreateEmpty("web"), rule));
    }

    private static Judgement Denied(Direction direction) =>
        new(new JudgedNic(s_web, null!), direction, Verdict.Deny, ReasonNames.Of(Reason.NoMatchingRule), null);

    private static string Line(byte[] frame, Judgement judgement)
    {
        CapturedPacket captured = new(1, 1_767_225_600_000_000_999, LinkTypes.Ethernet, frame.Length, frame);
        PacketParser.Parse(frame, LinkType.Ethernet, default, out ParsedPacket packet);
        using MemoryStream output = new();
        using (NdjsonSink sink = new(output))
        {
            sink.Add(captured, packet, judgement);
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }
}
