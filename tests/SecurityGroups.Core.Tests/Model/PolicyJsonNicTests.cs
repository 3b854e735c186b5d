namespace SecurityGroups.Tests.Model;

public sealed class PolicyJsonNicTests
{
    [Fact]
    [Trait("Semantics", "26")]
    public void Nic_WithEveryMember_IsRead()
    {
        Nic nic = Read("""
            {"id":"n","name":"front","networkId":"blue","ipv4":["10.0.0.1/24","10.0.0.2"],"ipv6":"2001:db8::1","mac":"FA-16-3E-00-00-10",
             "nicSecurity":true,"addressChecks":false,"allowedAddresses":["10.0.9.0/24","2001:db8::9"],"securityGroups":["g"],
             "options":{"linkType":"rawIp","infrastructure":["arp","igmp"],"windowCheck":"log","pickUp":"loose-egress-only","maxConnections":5,"vlanIds":[1,4094]}}
            """);

        Assert.Equal(["10.0.0.1/24", "10.0.0.2", "2001:db8::1"], nic.Addresses.Select(address => address.ToString()));
        Assert.Equal(("n", "front", "blue", true, false), (nic.Id, nic.Name, nic.NetworkId, nic.NicSecurity, nic.AddressChecks));
        Assert.Equal("FA163E000010", nic.Mac!.ToString());
        Assert.Equal(["10.0.9.0/24", "2001:db8::9"], nic.AllowedAddresses.Select(prefix => prefix.Text));
        NicOptions expected = new()
        {
            LinkType = LinkType.RawIp,
            Infrastructure = InfrastructureTraffic.Arp | InfrastructureTraffic.Igmp,
            WindowCheck = WindowCheck.Log,
            PickUp = PickUp.LooseEgressOnly,
            MaxConnections = 5,
            VlanIds = [1, 4094],
        };
        Assert.Equal(expected, nic.Options);
    }

    [Fact]
    [Trait("Semantics", "26")]
    public void Nic_WithTheLeast_HasTheDefaults()
    {
        Nic nic = Read("""{"id":"n","ipv4":"10.0.0.1","mac":null,"ipv6":null,"options":null}""");

        Assert.Equal(("n", Nic.DefaultNetworkId, true, true), (nic.Name, nic.NetworkId, nic.NicSecurity, nic.AddressChecks));
        Assert.Null(nic.Mac);
        Assert.Null(nic.Options);
        Assert.Empty(nic.SecurityGroups);
    }

    [Theory]
    [Trait("Semantics", "13")]
    [InlineData("\"10.0.0.010\"", " address.format")]
    [InlineData("\"10.1\"", " address.format")]
    [InlineData("\"\"", " address.format")]
    [InlineData("\"10.0.0.1/33\"", " address.format")]
    [InlineData("[\"10.0.0.1\",\"10.0.0\"]", "[1] address.format")]
    [InlineData("\"2001:db8::1\"", " address.family")]
    [InlineData("[7]", "[0] json.type")]
    [InlineData("7", " json.type")]
    [InlineData("{}", " json.type")]
    public void Ipv4_Unreadable_IsAnError(string ipv4, string error) =>
        Assert.Equal([$".ipv4{error}"], PolicyErrors.OfNic($$"""{"id":"n","ipv4":{{ipv4}}}"""));

    [Theory]
    [Trait("Semantics", "14")]
    [InlineData("fe80::1%eth0", "address.format")]
    [InlineData("::ffff:10.0.0.1", "address.format")]
    [InlineData("10.0.0.1", "address.family")]
    public void Ipv6_ZoneMappedOrIPv4_IsAnError(string ipv6, string code) =>
        Assert.Equal([$".ipv6 {code}"], PolicyErrors.OfNic($$"""{"id":"n","ipv6":"{{ipv6}}"}"""));

    [Theory]
    [InlineData("fa:16:3e:00:00")]
    [InlineData("fa163e000010")]
    [InlineData("fa16.3e00.0010")]
    [InlineData("fa:16:3e:00:00:1g")]
    [InlineData("fa:16-3e:00-00:10")]
    [InlineData("fa:16:3e:00:00:10:11")]
    [InlineData("")]
    public void Mac_Unreadable_IsAnError(string mac) =>
        Assert.Equal([".mac mac.format"], PolicyErrors.OfNic($$"""{"id":"n","ipv4":"10.0.0.1","mac":"{{mac}}"}"""));

    [Theory]
    [InlineData("00:00:00:00:00:00")]
    [InlineData("33:33:00:00:00:01")]
    public void Mac_OfNoInterface_IsAnError(string mac) =>
        Assert.Equal([".mac mac.invalid"], PolicyErrors.OfNic($$"""{"id":"n","ipv4":"10.0.0.1","mac":"{{mac}}"}"""));

    [Theory]
    [Trait("Semantics", "42")]
    [Trait("Decisions", "Infrastructure, addresses, links")]
    [InlineData("""{"id":"n"}""", true)]
    [InlineData("""{"id":"n","ipv4":[],"mac":"fa:16:3e:00:00:10"}""", true)]
    [InlineData("""{"id":"n","addressChecks":true}""", true)]
    [InlineData("""{"id":"n","addressChecks":false}""", false)]
    [InlineData("""{"id":"n","nicSecurity":false}""", false)]
    [InlineData("""{"id":"n","ipv6":"2001:db8::1"}""", false)]
    public void Nic_WithoutAddresses_MustSayThatTheyAreNotChecked(string nic, bool isError) =>
        Assert.Equal(isError ? [" nic.noAddresses"] : [], PolicyErrors.OfNic(nic));

    [Theory]
    [Trait("Semantics", "28")]
    [Trait("Scenario", "S25")]
    [InlineData("""{"id":"n","nicSecurity":false,"securityGroups":["g"]}""", ".securityGroups nicSecurity.groups")]
    [InlineData("""{"id":"n","nicSecurity":false,"allowedAddresses":["10.0.0.0/8"]}""", ".allowedAddresses nicSecurity.allowedAddresses")]
    public void NicSecurityOff_WithGroupsOrAllowedAddresses_IsAnError(string nic, string error) => Assert.Equal([error], PolicyErrors.OfNic(nic));

    [Fact]
    [Trait("Decisions", "Order of one packet")]
    public void NicSecurityOff_WithEmptyLists_IsFine() =>
        Assert.Empty(PolicyErrors.OfNic("""{"id":"n","nicSecurity":false,"securityGroups":[],"allowedAddresses":[]}"""));

    [Fact]
    [Trait("Semantics", "18")]
    [Trait("Scenario", "S21")]
    public void Nic_WithStatefulAndStatelessGroups_IsAnErrorThatNamesBoth()
    {
        PolicyError error = Assert.Single(PolicyErrors.Report(PolicyErrors.WithNic("""{"id":"n","ipv4":"10.0.0.1","securityGroups":["g","s"]}""")).Errors);

        Assert.Equal(("nics[0].securityGroups", "nic.mixedStateful"), (error.Path, error.Code));
        Assert.Contains("'g'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'s'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"vlanIds":[0]}""", ".vlanIds[0] vlan.range")]
    [InlineData("""{"vlanIds":[1,4095]}""", ".vlanIds[1] vlan.range")]
    [InlineData("""{"vlanIds":["1"]}""", ".vlanIds[0] json.type")]
    [InlineData("""{"maxConnections":0}""", ".maxConnections option.range")]
    [InlineData("""{"pickUp":"lose"}""", ".pickUp option.unknown")]
    [InlineData("""{"pickUp":1}""", ".pickUp json.type")]
    [InlineData("""{"infrastructure":["arp","dns"]}""", ".infrastructure[1] option.unknown")]
    [InlineData("""{"timeouts":"linux"}""", ".timeouts member.unknown")]
    [InlineData("[]", " json.type")]
    public void Options_Unreadable_AreErrors(string options, string error) =>
        Assert.Equal([$".options{error}"], PolicyErrors.OfNic($$"""{"id":"n","ipv4":"10.0.0.1","options":{{options}}}"""));

    [Fact]
    public void Options_EmptyInfrastructure_SwitchesItOff()
    {
        Assert.Equal(InfrastructureTraffic.None, Read("""{"id":"n","ipv4":"10.0.0.1","options":{"infrastructure":[]}}""").Options!.Infrastructure);
        Assert.Equal(InfrastructureTraffic.Default, Read("""{"id":"n","ipv4":"10.0.0.1","options":{"infrastructure":"default"}}""").Options!.Infrastructure);
        Assert.Null(Read("""{"id":"n","ipv4":"10.0.0.1","options":{}}""").Options!.Infrastructure);
    }

    private static Nic Read(string nic) => PolicyJson.Read(PolicyErrors.WithNic(nic)).Nics["n"];
}
