namespace SecurityGroups.Tests.Model;

public sealed class PolicyJsonRuleTests
{
    [Theory]
    [Trait("Semantics", "1")]
    [InlineData("action", "\"deny\"")]
    [InlineData("priority", "1")]
    public void Rule_ThatWouldDenyOrOrder_IsUnknown(string member, string value) =>
        Assert.Equal([$".{member} member.unknown"], PolicyErrors.OfRule($$"""{"direction":"ingress","{{member}}":{{value}}}"""));

    [Theory]
    [Trait("Semantics", "2")]
    [InlineData("{}", ".direction member.missing")]
    [InlineData("""{"direction":null}""", ".direction member.missing")]
    [InlineData("""{"direction":"inbound"}""", ".direction direction.unknown")]
    [InlineData("""{"direction":"Ingress"}""", ".direction direction.unknown")]
    [InlineData("""{"direction":0}""", ".direction json.type")]
    public void Direction_MissingOrOther_IsAnError(string rule, string error) => Assert.Equal([error], PolicyErrors.OfRule(rule));

    [Theory]
    [Trait("Semantics", "3")]
    [InlineData("""{"direction":"egress"}""", Ethertype.IPv4)]
    [InlineData("""{"direction":"egress","ethertype":null}""", Ethertype.IPv4)]
    [InlineData("""{"direction":"egress","ethertype":"ipV6"}""", Ethertype.IPv6)]
    [InlineData("""{"direction":"egress","ipRange":"::/0"}""", Ethertype.IPv6)]
    [InlineData("""{"direction":"egress","ipRange":"10.0.0.0/8"}""", Ethertype.IPv4)]
    [InlineData("""{"direction":"egress","remoteSecurityGroupId":"g"}""", Ethertype.IPv4)]
    public void Ethertype_Absent_FollowsTheRangeOrIsIPv4(string rule, Ethertype ethertype) => Assert.Equal(ethertype, Read(rule).Ethertype);

    [Theory]
    [Trait("Semantics", "3")]
    [InlineData("""{"direction":"egress","ethertype":"IPv4","ipRange":"::/0"}""", ".ethertype ethertype.mismatch")]
    [InlineData("""{"direction":"egress","ethertype":"IPv6","ipRange":"0.0.0.0/0"}""", ".ethertype ethertype.mismatch")]
    [InlineData("""{"direction":"egress","ethertype":"IPv5"}""", ".ethertype ethertype.unknown")]
    [InlineData("""{"direction":"egress","ethertype":""}""", ".ethertype ethertype.unknown")]
    [InlineData("""{"direction":"egress","ethertype":4}""", ".ethertype json.type")]
    public void Ethertype_WrongOrAtOddsWithTheRange_IsAnError(string rule, string error) => Assert.Equal([error], PolicyErrors.OfRule(rule));

    [Theory]
    [Trait("Semantics", "4")]
    [InlineData("null")]
    [InlineData("\"any\"")]
    [InlineData("\"Any\"")]
    [InlineData("""{"name":"any"}""")]
    public void Protocol_NullOrAny_IsEveryProtocol(string protocol) =>
        Assert.Equal(IpProtocol.Any, Read($$"""{"direction":"egress","protocol":{{protocol}}}""").Protocol);

    [Theory]
    [Trait("Semantics", "49")]
    [Trait("Scenario", "S44")]
    [InlineData("""{"name":"tcp"}""")]
    [InlineData("""{"number":6}""")]
    [InlineData("""{"name":"TCP","number":6}""")]
    [InlineData("""{"name":"tcp","number":null}""")]
    [InlineData("\"tcp\"")]
    [InlineData("\"6\"")]
    [InlineData("6")]
    public void Protocol_ObjectTextOrNumber_IsOneModel(string protocol) =>
        Assert.Equal(
            SecurityGroupRule.Egress(IpProtocol.Tcp, Remote.Any) with { Id = "egress-ipv4-tcp", Ethertype = Ethertype.IPv4 },
            Read($$"""{"direction":"egress","protocol":{{protocol}}}"""));

    [Theory]
    [Trait("Semantics", "49")]
    [InlineData("""{"name":"tcp","number":17}""", ".protocol protocol.conflict")]
    [InlineData("""{"name":"any","number":0}""", ".protocol protocol.conflict")]
    [InlineData("""{"name":"icmp","number":58}""", ".protocol protocol.conflict")]
    [InlineData("{}", ".protocol protocol.empty")]
    [InlineData("""{"name":null}""", ".protocol protocol.empty")]
    [InlineData("""{"nam":"tcp"}""", ".protocol.nam member.unknown|.protocol protocol.empty")]
    [InlineData("""{"name":6}""", ".protocol.name json.type")]
    [InlineData("""{"number":"tcp"}""", ".protocol.number json.type")]
    [InlineData("256", ".protocol protocol.range")]
    [InlineData("-1", ".protocol protocol.range")]
    [InlineData("6.5", ".protocol json.type")]
    [InlineData("1e99", ".protocol json.type")]
    [InlineData("\"\"", ".protocol protocol.unknown")]
    [InlineData("\"HTTP\"", ".protocol protocol.unknown")]
    [InlineData("[\"tcp\"]", ".protocol json.type")]
    [InlineData("true", ".protocol json.type")]
    public void Protocol_ContradictoryOrUnknown_IsAnError(string protocol, string errors) =>
        Assert.Equal(errors.Split('|').Order(), PolicyErrors.OfRule($$"""{"direction":"egress","protocol":{{protocol}}}""").Order());

    [Theory]
    [Trait("Semantics", "5")]
    [Trait("Scenario", "S15")]
    [InlineData("\"icmp\"")]
    [InlineData("\"icmpv6\"")]
    [InlineData("\"ipv6-icmp\"")]
    [InlineData("1")]
    [InlineData("58")]
    [InlineData("""{"name":"icmp","number":58}""")]
    public void Protocol_IcmpWithIPv6_ReadsBackAsIcmpV6(string protocol)
    {
        SecurityGroupRule rule = Read($$"""{"direction":"ingress","ethertype":"IPv6","protocol":{{protocol}}}""");

        Assert.Equal(58, rule.Protocol.Number);
        Assert.Equal("ipv6-icmp", rule.Protocol.Name);
    }

    [Theory]
    [Trait("Semantics", "5")]
    [InlineData("\"ipv6-icmp\"")]
    [InlineData("58")]
    [InlineData("\"ipv6-encap\"")]
    [InlineData("43")]
    [InlineData("44")]
    [InlineData("\"ipv6-nonxt\"")]
    [InlineData("60")]
    public void Protocol_OfIPv6WithIPv4_IsAnError(string protocol) =>
        Assert.Equal([".protocol protocol.ethertype"], PolicyErrors.OfRule($$"""{"direction":"ingress","protocol":{{protocol}}}"""));

    [Fact]
    [Trait("Semantics", "6")]
    public void SourcePorts_AreNeverMatched_SoTheyAreUnknown() =>
        Assert.Equal([".sourcePortRange member.unknown"], PolicyErrors.OfRule("""{"direction":"ingress","protocol":"tcp","sourcePortRange":{"min":1,"max":2}}"""));

    [Theory]
    [Trait("Semantics", "7")]
    [InlineData("tcp", true)]
    [InlineData("udp", true)]
    [InlineData("udplite", true)]
    [InlineData("sctp", true)]
    [InlineData("dccp", true)]
    [InlineData("icmp", false)]
    [InlineData("vrrp", false)]
    [InlineData("99", false)]
    [InlineData("any", false)]
    public void PortRange_BelongsToFiveProtocols(string protocol, bool isAllowed) =>
        Assert.Equal(isAllowed ? [] : [".portRange port.protocol"], PolicyErrors.OfRule($$$"""{"direction":"ingress","protocol":"{{{protocol}}}","portRange":{"min":5,"max":9}}"""));

    [Theory]
    [Trait("Semantics", "8")]
    [Trait("Scenario", "S19")]
    [InlineData("null")]
    [InlineData("""{"min":1,"max":65535}""")]
    [InlineData("""{"min":0,"max":65535}""")]
    public void PortRange_EveryPortInAllItsForms_IsOneModel(string range)
    {
        foreach (string protocol in (string[])["null", "\"tcp\"", "\"vrrp\""])
        {
            SecurityGroupRule rule = Read($$"""{"direction":"ingress","protocol":{{protocol}},"portRange":{{range}}}""");

            Assert.Equal(Read($$"""{"direction":"ingress","protocol":{{protocol}}}"""), rule);
            Assert.DoesNotContain("portRange", PolicyJson.Write(Policy.Create([SecurityGroup.CreateEmpty("g").WithRule(rule)], [])), StringComparison.Ordinal);
        }
    }

    [Theory]
    [Trait("Semantics", "8")]
    [Trait("Decisions", "Policy and text")]
    [InlineData("tcp", true)]
    [InlineData("udp", true)]
    [InlineData("udplite", true)]
    [InlineData("sctp", true)]
    [InlineData("dccp", true)]
    [InlineData("icmp", false)]
    [InlineData("any", false)]
    public void PortRange_ZeroToZero_IsEveryPortOnlyWhereThereAreNone(string protocol, bool isError) =>
        Assert.Equal(isError ? [".portRange port.zero"] : [], PolicyErrors.OfRule($$$"""{"direction":"ingress","protocol":"{{{protocol}}}","portRange":{"min":0,"max":0}}"""));

    [Fact]
    [Trait("Scenario", "S19")]
    public void PortRange_OnePortWithoutProtocol_IsAnError() =>
        Assert.Equal([".portRange port.protocol"], PolicyErrors.OfRule("""{"direction":"ingress","portRange":{"min":22,"max":22}}"""));

    [Theory]
    [Trait("Semantics", "9")]
    [InlineData("""{"min":1}""", " port.incomplete")]
    [InlineData("""{"max":1}""", " port.incomplete")]
    [InlineData("{}", " port.incomplete")]
    [InlineData("""{"min":0,"max":80}""", " port.zero")]
    [InlineData("""{"min":80,"max":0}""", " port.zero")]
    [InlineData("""{"min":50,"max":22}""", " port.order")]
    [InlineData("""{"min":1,"max":65536}""", " port.range")]
    [InlineData("""{"min":-1,"max":-1}""", " port.range")]
    [InlineData("""{"min":-1,"max":65535}""", " port.range")]
    [InlineData("""{"min":"1","max":2}""", ".min json.type")]
    [InlineData("""{"min":1.5,"max":2}""", ".min json.type")]
    [InlineData("""{"min":1,"max":99999999999}""", ".max json.type")]
    [InlineData("""{"min":1,"max":2,"step":1}""", ".step member.unknown")]
    [InlineData("22", " json.type")]
    [InlineData("\"22\"", " json.type")]
    [InlineData("[22,22]", " json.type")]
    public void PortRange_Violation_HasItsOwnError(string range, string error) =>
        Assert.Equal([$".portRange{error}"], PolicyErrors.OfRule($$"""{"direction":"ingress","protocol":"tcp","portRange":{{range}}}"""));

    [Theory]
    [Trait("Semantics", "10")]
    [InlineData("icmp", """{"type":8}""", 8, null)]
    [InlineData("icmp", """{"type":3,"code":15}""", 3, 15)]
    [InlineData("icmp", """{"type":255,"code":255}""", 255, 255)]
    [InlineData("icmp", """{"type":0,"code":0}""", 0, 0)]
    [InlineData("1", """{"type":0}""", 0, null)]
    [InlineData("1", """{"type":0,"code":null}""", 0, null)]
    public void IcmpParameters_TypeAndCode_AreRead(string protocol, string icmp, int type, int? code) =>
        Assert.Equal(
            code is null ? new IcmpMatch((byte)type) : new IcmpMatch((byte)type, (byte)code),
            Read($$"""{"direction":"ingress","protocol":"{{protocol}}","icmpParameters":{{icmp}}}""").Icmp);

    [Theory]
    [Trait("Semantics", "10")]
    [InlineData("icmp", """{"code":0}""", " icmp.codeWithoutType")]
    [InlineData("icmp", """{"type":null,"code":0}""", " icmp.codeWithoutType")]
    [InlineData("icmp", "{}", " icmp.empty")]
    [InlineData("icmp", """{"type":256}""", ".type icmp.range")]
    [InlineData("icmp", """{"type":-1}""", ".type icmp.range")]
    [InlineData("icmp", """{"type":8,"code":256}""", ".code icmp.range")]
    [InlineData("icmp", """{"type":"echo"}""", ".type json.type")]
    [InlineData("tcp", """{"type":8}""", " icmp.protocol")]
    [InlineData("any", """{"type":8}""", " icmp.protocol")]
    [InlineData("icmp", "8", " json.type")]
    public void IcmpParameters_Violation_HasItsOwnError(string protocol, string icmp, string error) =>
        Assert.Equal([$".icmpParameters{error}"], PolicyErrors.OfRule($$"""{"direction":"ingress","protocol":"{{protocol}}","icmpParameters":{{icmp}}}"""));

    [Fact]
    [Trait("Scenario", "S20")]
    public void Rules_OfScenario20_HaveSixErrorsWithCodesOfTheirOwn()
    {
        string[] errors = PolicyErrors.OfRule("""
            {"direction":"ingress","protocol":"sctp","portRange":{"min":1,"max":null}},
            {"direction":"ingress","protocol":"tcp","portRange":{"min":0,"max":80}},
            {"direction":"ingress","protocol":"udp","portRange":{"min":50,"max":22}},
            {"direction":"ingress","protocol":"vrrp","portRange":{"min":100,"max":200}},
            {"direction":"ingress","protocol":"icmp","icmpParameters":{"type":256}},
            {"direction":"ingress","protocol":"icmp","icmpParameters":{"code":0}}
            """);

        Assert.Equal(
            ["port.incomplete", "port.zero", "port.order", "port.protocol", "icmp.range", "icmp.codeWithoutType"],
            errors.Select(error => error.Split(' ')[1]));
    }

    [Theory]
    [Trait("Semantics", "11")]
    [InlineData("""{"direction":"egress","ipRange":"10.0.0.0/8","remoteSecurityGroupId":"g"}""", ".remoteSecurityGroupId remote.several")]
    [InlineData("""{"direction":"egress","remoteSecurityGroupId":"g","remoteAddressGroupId":"a"}""", ".remoteAddressGroupId remote.several")]
    [InlineData("""{"direction":"egress","remoteSecurityGroupId":""}""", ".remoteSecurityGroupId id.empty")]
    [InlineData("""{"direction":"egress","remoteAddressGroupId":""}""", ".remoteAddressGroupId id.empty")]
    [InlineData("""{"direction":"egress","ipRange":""}""", ".ipRange cidr.format")]
    [InlineData("""{"direction":"egress","ipRange":"010.0.0.0/8"}""", ".ipRange cidr.format")]
    [InlineData("""{"direction":"egress","ipRange":["10.0.0.0/8"]}""", ".ipRange json.type")]
    public void Remote_MoreThanOneOrUnreadable_IsAnError(string rule, string error) => Assert.Equal([error], PolicyErrors.OfRule(rule));

    [Fact]
    [Trait("Semantics", "11")]
    public void Remote_NullMembers_AreNone() =>
        Assert.Equal(Remote.Any, Read("""{"direction":"egress","ipRange":null,"remoteSecurityGroupId":null,"remoteAddressGroupId":null}""").Remote);

    [Fact]
    [Trait("Semantics", "12")]
    [Trait("Scenario", "S17")]
    public void IpRange_WithHostBits_KeepsItsTextThroughWriting()
    {
        SecurityGroupRule rule = Read("""{"direction":"ingress","ipRange":"192.168.1.77/24"}""");

        Assert.Equal("192.168.1.77/24", rule.Remote.Prefix!.Text);
        Assert.Equal("192.168.1.0/24", rule.Remote.Prefix.NormalizedText);
        Assert.Contains("192.168.1.77/24", PolicyJson.Write(Policy.Create([SecurityGroup.CreateEmpty("g").WithRule(rule)], [])), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Semantics", "44")]
    public void Rule_WithSeveralErrors_ReportsThemAll() =>
        Assert.Equal(
            [".id id.empty", ".direction member.missing", ".portrange member.unknown", ".icmpParameters icmp.protocol", ".ethertype ethertype.mismatch"],
            PolicyErrors.OfRule("""{"id":"","portrange":{"min":1,"max":2},"protocol":"tcp","icmpParameters":{"type":8},"ipRange":"::/0","ethertype":"IPv4"}""")
                .OrderBy(error => Array.IndexOf([".id", ".direction", ".portrange", ".icmpParameters", ".ethertype"], error.Split(' ')[0])));

    [Theory]
    [Trait("Semantics", "51")]
    [InlineData("""{"direction":"egress","portrange":{}}""", "did you mean 'portRange'?")]
    [InlineData("""{"direction":"egress","protocol":"HTTP"}""", "tcp with portRange 80-80")]
    [InlineData("""{"direction":"egress","protocol":"tpc"}""", "did you mean 'tcp'?")]
    [InlineData("""{"direction":"egress","protocol":"all"}""", "write protocol any")]
    [InlineData("""{"direction":"egress","protocol":443}""", "did you mean port 443")]
    [InlineData("""{"direction":"egress","ipRange":"10/8"}""", "write all four octets")]
    [InlineData("""{"direction":"egress","remoteSecurityGroupId":"G"}""", "did you mean 'g'?")]
    public void Error_OfAClassicSlip_HasAHint(string rule, string hint) =>
        Assert.Contains(hint, Assert.Single(PolicyErrors.Report(PolicyErrors.WithRule(rule)).Errors).Message, StringComparison.Ordinal);

    [Fact]
    [Trait("Semantics", "51")]
    public void Protocol22_WithoutPorts_WarnsThatAPortMayBeMeant()
    {
        PolicyWarning warning = Assert.Single(PolicyErrors.Report(PolicyErrors.WithRule("""{"direction":"ingress","protocol":22}""")).Warnings);

        Assert.Equal(("securityGroups[0].rules[0].protocol", "protocol.looksLikePort"), (warning.Path, warning.Code));
        Assert.Contains("did you mean port 22", warning.Message, StringComparison.Ordinal);
    }

    private static SecurityGroupRule Read(string rule) => PolicyJson.Read(PolicyErrors.WithRule(rule)).SecurityGroups["g"].Rules[0];
}
