using System.Text;

namespace SecurityGroups.Tests.Model;

public sealed class PolicyJsonDocumentTests
{
    [Fact]
    [Trait("Semantics", "50")]
    public void Members_ThatTheApiSends_AreAccepted()
    {
        const string Api = """
            "createdAt":"2026-01-01T00:00:00Z","updatedAt":null,"projectId":"p","networkId":"net","securityGroupId":"g","status":"ACTIVE","type":"x","device":{},"labels":{"a":"b"}
            """;

        Policy policy = PolicyJson.Read($$"""
            {"securityGroups":[{"id":"g",{{Api}},"rules":[{"direction":"ingress",{{Api}}}]}],
             "addressGroups":[{"id":"a","addresses":[],{{Api}}}],
             "nics":[{"id":"n","ipv4":"10.0.0.1",{{Api}}}]}
            """);

        Assert.Equal("net", policy.Nics["n"].NetworkId);
        Assert.Single(policy.SecurityGroups["g"].Rules);
    }

    [Theory]
    [Trait("Semantics", "50")]
    [InlineData("""{"rules":[]}""", "rules member.unknown")]
    [InlineData("""{"status":"ACTIVE"}""", "status member.unknown")]
    [InlineData("""{"SecurityGroups":[]}""", "SecurityGroups member.unknown")]
    [InlineData("""{"securityGroups":[{"id":"g","rule":[]}]}""", "securityGroups[0].rule member.unknown")]
    [InlineData("""{"securityGroups":[{"id":"g","rules":[{"direction":"egress","portrange":{"min":1,"max":2}}]}]}""", "securityGroups[0].rules[0].portrange member.unknown")]
    [InlineData("""{"securityGroups":[{"id":"g","rules":[{"direction":"egress","portRange":{"min":1,"max":2,"status":1}}]}]}""", "securityGroups[0].rules[0].portRange.status member.unknown")]
    [InlineData("""{"securityGroups":{"items":[],"next":1}}""", "securityGroups.next member.unknown")]
    [InlineData("""{"nics":[{"id":"n","addressChecks":false,"ip":"10.0.0.1"}]}""", "nics[0].ip member.unknown")]
    [InlineData("""{"addressGroups":[{"id":"a","cidrs":[]}]}""", "addressGroups[0].cidrs member.unknown")]
    public void Members_AnyOtherUnknown_IsAnError(string json, string error) => Assert.Equal([error], PolicyErrors.Of(json));

    [Theory]
    [InlineData("""{"nics":[],"nics":[]}""", "nics member.duplicate")]
    [InlineData("""{"securityGroups":[{"id":"g","rules":[{"direction":"egress","ipRange":"10.0.0.0/8","ipRange":null}]}]}""", "securityGroups[0].rules[0].ipRange member.duplicate")]
    public void Members_StandingTwice_AreAnError(string json, string error) => Assert.Equal([error], PolicyErrors.Of(json));

    [Fact]
    [Trait("Decisions", "Policy and text")]
    public void Lists_InItems_AreReadAndCountedThere()
    {
        Policy policy = PolicyJson.Read("""{"securityGroups":{"items":[{"id":"g","rules":{"items":[{"direction":"egress"}]}}]},"nics":{"items":[{"id":"n","ipv4":"10.0.0.1"}]}}""");

        Assert.Single(policy.SecurityGroups["g"].Rules);
        Assert.Single(policy.Nics);
        Assert.Equal(["securityGroups.items[1].id member.missing"], PolicyErrors.Of("""{"securityGroups":{"items":[{"id":"g"},{}]}}"""));
    }

    [Theory]
    [InlineData("[]", "$ json.type")]
    [InlineData("null", "$ json.type")]
    [InlineData("1", "$ json.type")]
    [InlineData("""{"nics":1}""", "nics json.type")]
    [InlineData("""{"nics":[1,{"id":"n","ipv4":"10.0.0.1"},null]}""", "nics[0] json.type|nics[2] json.type")]
    [InlineData("""{"securityGroups":[[]]}""", "securityGroups[0] json.type")]
    [InlineData("""{"securityGroups":[{"id":1}]}""", "securityGroups[0].id json.type")]
    [InlineData("""{"securityGroups":[{"id":"g","stateful":"false"}]}""", "securityGroups[0].stateful json.type")]
    [InlineData("""{"securityGroups":[{"id":null}]}""", "securityGroups[0].id member.missing")]
    public void Values_OfTheWrongKind_AreErrors(string json, string errors) => Assert.Equal(errors.Split('|'), PolicyErrors.Of(json));

    [Fact]
    [Trait("Semantics", "44")]
    [Trait("Semantics", "51")]
    public void Errors_OfTheWholeDocument_ComeAtOnceInTheOrderOfTheirPlaces() =>
        Assert.Equal(
            [
                "securityGroups[0].rules[0].direction direction.unknown", "securityGroups[0].rules[2].remoteSecurityGroupId reference.securityGroup",
                "securityGroups[1].id id.duplicate", "addressGroups[0].addresses[1] cidr.format", "nics[0].ipv4 address.format",
                "nics[0].securityGroups[1] reference.securityGroup", "nics[1] nic.noAddresses",
            ],
            PolicyErrors.Of("""
                {"nics":[{"id":"a","ipv4":"10","securityGroups":["g","x"]},{"id":"b"}],
                 "addressGroups":[{"id":"o","addresses":["10.0.0.0/8","10/8"]}],
                 "securityGroups":[
                  {"id":"g","rules":[{"direction":"up"},{"direction":"egress"},{"direction":"ingress","remoteSecurityGroupId":"y"}]},
                  {"id":"g"}]}
                """));

    [Fact]
    [Trait("Semantics", "52")]
    public void Rule_WithoutId_GetsTheSameOneEveryTime()
    {
        const string Rule = """{"direction":"ingress","protocol":"tcp","portRange":{"min":443,"max":443},"ipRange":"10.0.0.7/8"}""";
        const string Other = """{"ethertype":"IPv4","ipRange":"10.0.0.0/8","portRange":{"max":443,"min":443},"protocol":6,"direction":"ingress","description":"d"}""";

        Assert.Equal("ingress-ipv4-tcp-443-10.0.0.0/8", IdOf(Rule));
        Assert.Equal(IdOf(Rule), IdOf(Other));

        static string IdOf(string rule) => PolicyJson.Read(PolicyErrors.WithRule(rule)).SecurityGroups["g"].Rules[0].Id;
    }

    [Fact]
    [Trait("Semantics", "17")]
    [Trait("Scenario", "S43")]
    public void DefaultGroup_AsTheApiReturnsIt_SurvivesExportAndImport()
    {
        const string Id = "6a7b8c9d-0000-4000-8000-000000000001";
        Policy imported = PolicyJson.Read($$"""
            {"securityGroups":{"items":[{"id":"{{Id}}","name":"default","description":"Default security group","labels":{},"stateful":true,
              "createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","projectId":"p","rules":[
               {"id":"1","securityGroupId":"{{Id}}","direction":"egress","ethertype":"IPv4","description":null,"ipRange":null,"portRange":null,"protocol":null,"icmpParameters":null},
               {"id":"2","securityGroupId":"{{Id}}","direction":"egress","ethertype":"IPv6"},
               {"id":"3","securityGroupId":"{{Id}}","direction":"ingress","ethertype":"IPv4","remoteSecurityGroupId":"{{Id}}"},
               {"id":"4","securityGroupId":"{{Id}}","direction":"ingress","ethertype":"IPv6","remoteSecurityGroupId":"{{Id}}"}
             ] } ] } }
            """);

        Policy again = PolicyJson.Read(PolicyJson.Write(imported));

        Assert.Equal(imported, again);
        Assert.Equal(4, again.SecurityGroups[Id].Rules.Length);
        Assert.Equal(Id, again.SecurityGroups[Id].Rules[3].Remote.Id);
        Assert.Equal(
            SecurityGroup.CreateDefault(Id).Rules.Select(CanonicalRule.Of), again.SecurityGroups[Id].Rules.Select(CanonicalRule.Of));
    }

    [Fact]
    public async Task Read_FromStreamTextOrOctets_GivesOnePolicy()
    {
        byte[] utf8Json = Encoding.UTF8.GetBytes(PolicyExample.Json);
        Policy policy = PolicyJson.Read(utf8Json);

        Assert.Equal(policy, PolicyJson.Read(PolicyExample.Json));
        Assert.Equal(policy, PolicyJson.Read(new MemoryStream(utf8Json), PolicyLimits.Default));
        Assert.Equal(policy, await PolicyJson.ReadAsync(new MemoryStream(utf8Json), PolicyLimits.Default, CancellationToken.None));
        Assert.Equal(policy, PolicyJson.Read((byte[])[0xEF, 0xBB, 0xBF, .. utf8Json]));
        MemoryStream written = new();
        PolicyJson.Write(policy, written);
        Assert.Equal(PolicyJson.Write(policy), Encoding.UTF8.GetString(written.ToArray()));
        Assert.Equal("utf8Json", Assert.Throws<ArgumentNullException>(() => PolicyJson.Read((Stream)null!, PolicyLimits.Default)).ParamName);
    }
}
