namespace SecurityGroups.Tests.Model;

public sealed class CanonicalRuleTests
{
    public static TheoryData<string, string> SameMeaning => new()
    {
        { """{"direction":"ingress","protocol":"tcp"}""", """{"direction":"ingress","protocol":6,"id":"x","description":"y"}""" },
        { """{"direction":"ingress"}""", """{"direction":"ingress","ethertype":"ipv4","protocol":"any","ipRange":"0.0.0.0/0"}""" },
        { """{"direction":"egress","ethertype":"IPv6"}""", """{"direction":"egress","ipRange":"::/0"}""" },
        { """{"direction":"ingress","ipRange":"192.168.1.77/24"}""", """{"direction":"ingress","ipRange":"192.168.1.0/24"}""" },
        { """{"direction":"ingress","ethertype":"IPv6","protocol":"icmp"}""", """{"direction":"ingress","ethertype":"IPv6","protocol":58}""" },
        { """{"direction":"ingress","protocol":"udp","portRange":{"min":0,"max":65535}}""", """{"direction":"ingress","protocol":"udp","portRange":null}""" },
        { """{"direction":"ingress","portRange":{"min":0,"max":0}}""", """{"direction":"ingress","portRange":{"min":1,"max":65535}}""" },
        { """{"direction":"ingress","ipRange":"10.0.0.1"}""", """{"direction":"ingress","ipRange":"10.0.0.1/32"}""" },
    };

    public static TheoryData<string, string> OtherMeaning => new()
    {
        { """{"direction":"ingress"}""", """{"direction":"egress"}""" },
        { """{"direction":"ingress"}""", """{"direction":"ingress","ethertype":"IPv6"}""" },
        { """{"direction":"ingress"}""", """{"direction":"ingress","protocol":0}""" },
        { """{"direction":"ingress","protocol":"tcp","portRange":{"min":1,"max":1}}""", """{"direction":"ingress","protocol":"tcp"}""" },
        { """{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":0}}""", """{"direction":"ingress","protocol":"icmp"}""" },
        { """{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":0}}""", """{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":0,"code":0}}""" },
        { """{"direction":"ingress","remoteSecurityGroupId":"g"}""", """{"direction":"ingress"}""" },
        { """{"direction":"ingress","remoteSecurityGroupId":"g"}""", """{"direction":"ingress","remoteAddressGroupId":"g"}""" },
    };

    [Theory]
    [Trait("Semantics", "8")]
    [Trait("Semantics", "11")]
    [Trait("Semantics", "15")]
    [MemberData(nameof(SameMeaning))]
    public void Of_TwoWaysToSayOneThing_IsEqual(string first, string second)
    {
        Assert.Equal(CanonicalRule.Of(Rule(first)), CanonicalRule.Of(Rule(second)));
        Assert.Equal(CanonicalRule.Of(Rule(first)).DeriveId(), CanonicalRule.Of(Rule(second)).DeriveId());
    }

    [Theory]
    [MemberData(nameof(OtherMeaning))]
    public void Of_TwoDifferentThings_DiffersAndSoDoTheIds(string first, string second)
    {
        Assert.NotEqual(CanonicalRule.Of(Rule(first)), CanonicalRule.Of(Rule(second)));
        Assert.NotEqual(CanonicalRule.Of(Rule(first)).DeriveId(), CanonicalRule.Of(Rule(second)).DeriveId());
    }

    [Fact]
    public void Of_IcmpTypeAndCode_IsOneNumberInThePlaceOfThePorts()
    {
        CanonicalRule oneCode = CanonicalRule.Of(Rule("""{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":3,"code":4}}"""));
        CanonicalRule anyCode = CanonicalRule.Of(Rule("""{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":3}}"""));
        CanonicalRule anyType = CanonicalRule.Of(Rule("""{"direction":"ingress","protocol":"icmp"}"""));

        Assert.Equal((0x0304, 0x0304), (oneCode.Low, oneCode.High));
        Assert.Equal((0x0300, 0x03FF), (anyCode.Low, anyCode.High));
        Assert.Equal((0, 0xFFFF), (anyType.Low, anyType.High));
    }

    [Fact]
    public void Of_OpenEthertype_Throws() =>
        Assert.Throws<ArgumentException>(() => CanonicalRule.Of(SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Any)));

    [Fact]
    [Trait("Semantics", "52")]
    public void DeriveId_LongGroupIds_StayShortAndDifferent()
    {
        string first = Derive(new string('a', 254) + "b");
        string second = Derive(new string('a', 254) + "c");

        Assert.Equal(255, first.Length);
        Assert.NotEqual(first, second);
        Assert.Equal(first, Derive(new string('a', 254) + "b"));

        static string Derive(string group) => CanonicalRule.Of(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.SecurityGroup(group)) with { Ethertype = Ethertype.IPv4 }).DeriveId();
    }

    private static SecurityGroupRule Rule(string json) => PolicyJson.Read(
        $$"""{"securityGroups":[{"id":"g","rules":[{{json}}]}],"addressGroups":[{"id":"g","addresses":[]}]}""").SecurityGroups["g"].Rules[0];
}
