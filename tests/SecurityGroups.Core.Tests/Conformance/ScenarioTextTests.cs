using System.Text;
using static SecurityGroups.SecurityGroupRule;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Scenarios S18 to S20, S43 and S44 of semantics.md: what is refused, and what the cloud's own text means.</summary>
public sealed class ScenarioTextTests
{
    [Fact]
    [Trait("Semantics", "15")]
    public void S18_DuplicateRule_NamesTheFirst()
    {
        PolicyError error = Assert.Single(ErrorsOf(
            """{ "id": "first", "direction": "ingress", "protocol": "tcp", "portRange": { "min": 22, "max": 22 } }""",
            """{ "id": "second", "direction": "ingress", "protocol": 6, "portRange": { "min": 22, "max": 22 }, "description": "again", "ipRange": "0.0.0.0/0" }"""));
        Assert.Equal("rule.duplicate", error.Code);
        Assert.Contains("first", error.Message, StringComparison.Ordinal);
        SecurityGroupRule ssh = Ingress(IpProtocol.Tcp, 22, Remote.Any) with { Ethertype = Ethertype.IPv4 };
        Assert.ThrowsAny<Exception>(() => new Firewall(Given.Web(ssh with { Id = "first" }, ssh with { Id = "second", Description = "again" }), Given.Options));
    }

    [Fact]
    [Trait("Semantics", "8")]
    public void S19_PortsWithoutProtocol_AreRefusedUnlessTheyMeanEveryPort()
    {
        Assert.Equal("port.protocol", Assert.Single(ErrorsOf("""{ "direction": "ingress", "portRange": { "min": 22, "max": 22 } }""")).Code);
        SecurityGroupRule rule = Assert.Single(Read("""{ "direction": "ingress", "portRange": { "min": 1, "max": 65535 } }""").SecurityGroups["web"].Rules);
        Assert.Equal((PortRange.All, IpProtocol.Any), (rule.Ports, rule.Protocol));
    }

    [Fact]
    [Trait("Semantics", "9")]
    [Trait("Semantics", "10")]
    public void S20_SixBrokenRules_AreSixErrors()
    {
        string[] rules =
        [
            """ "protocol": "sctp", "portRange": { "min": 1, "max": null } """,
            """ "protocol": "tcp", "portRange": { "min": 0, "max": 80 } """,
            """ "protocol": "udp", "portRange": { "min": 50, "max": 22 } """,
            """ "protocol": "vrrp", "portRange": { "min": 100, "max": 200 } """,
            """ "protocol": "icmp", "icmpParameters": { "type": 256 } """,
            """ "protocol": "icmp", "icmpParameters": { "code": 3 } """,
        ];
        PolicyError[] errors = ErrorsOf([.. rules.Select(rule => $$"""{ "direction": "ingress", {{rule}} }""")]);
        Assert.Equal(6, errors.Length);
        Assert.Equal(6, errors.Select(error => error.Code).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 6), errors.Select(error => error.Path["securityGroups[0].rules[".Length] - '0'));
    }

    [Fact]
    [Trait("Semantics", "50")]
    [Trait("Semantics", "53")]
    public void S43_DefaultGroupOfTheApi_SurvivesARoundTrip()
    {
        const string Self = "0bb4d4ac-1a9d-4b0c-8a33-6a4ed2e2d9f1";
        static string Rule(string id, string direction, string ethertype, string more) =>
            $$"""
            { "id": "{{id}}", "direction": "{{direction}}", "ethertype": "{{ethertype}}", "securityGroupId": "{{Self}}", "portRange": null,
              "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z", "ipRange": null {{more}} }
            """;
        string remote = $$""", "remoteSecurityGroupId": "{{Self}}" """;
        string json = $$"""
            { "items": [ { "id": "{{Self}}", "name": "default", "stateful": true, "labels": {}, "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
              "description": "Default security group", "rules": [
              {{Rule("1", "egress", "IPv4", "")}}, {{Rule("2", "egress", "IPv6", "")}}, {{Rule("3", "ingress", "IPv4", remote)}}, {{Rule("4", "ingress", "IPv6", remote)}} ] } ] }
            """;
        Policy policy = PolicyJson.Read(Encoding.UTF8.GetBytes($$"""{ "securityGroups": {{json}} }"""));
        SecurityGroup group = policy.SecurityGroups[Self];
        Assert.Equal(["1", "2", "3", "4"], group.Rules.Select(rule => rule.Id));
        Assert.Equal(2, group.Rules.Count(rule => rule.Remote.Id == Self));
        Assert.Equal(policy, PolicyJson.Read(PolicyJson.Write(policy)));
    }

    [Fact]
    [Trait("Semantics", "49")]
    public void S44_ProtocolAsObjectStringOrNumber_IsOneModel()
    {
        string[] forms = ["\"tcp\"", "\"TCP\"", "6", "\"6\"", "{ \"name\": \"tcp\" }", "{ \"number\": 6 }", "{ \"name\": \"tcp\", \"number\": 6 }"];
        Policy[] policies = [.. forms.Select(form => Read($$"""{ "direction": "ingress", "protocol": {{form}}, "portRange": { "min": 1, "max": 2 } }"""))];
        Assert.All(policies, policy => Assert.Equal(policies[0], policy));
    }

    private static Policy Read(params string[] rules) =>
        PolicyJson.Read(Encoding.UTF8.GetBytes($$"""{ "securityGroups": [ { "id": "web", "rules": [ {{string.Join(", ", rules)}} ] } ] }"""));

    private static PolicyError[] ErrorsOf(params string[] rules) => [.. Assert.Throws<PolicyException>(() => Read(rules)).Errors];
}
