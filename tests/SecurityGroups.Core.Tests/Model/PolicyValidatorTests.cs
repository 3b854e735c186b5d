using System.Net;
using System.Net.NetworkInformation;

namespace SecurityGroups.Tests.Model;

public sealed class PolicyValidatorTests
{
    private static readonly SecurityGroup s_web = SecurityGroup.CreateDefault("web");
    private static readonly Nic s_nic = new("n") { Addresses = [IPAddress.Parse("10.0.0.10")], SecurityGroups = ["web"] };

    [Fact]
    [Trait("Semantics", "15")]
    [Trait("Scenario", "S18")]
    public void Rules_SameContentTwice_AreAnErrorThatNamesTheFirst()
    {
        PolicyError error = Assert.Single(PolicyErrors.Report(PolicyErrors.WithRule("""
            {"id":"ssh","direction":"ingress","protocol":"tcp","portRange":{"min":22,"max":22}},
            {"direction":"ingress","protocol":"icmp"},
            {"id":"again","description":"other","direction":"ingress","ethertype":"IPv4","protocol":6,"portRange":{"min":22,"max":22},"ipRange":"0.0.0.0/0"}
            """)).Errors);

        Assert.Equal(("securityGroups[0].rules[2]", "rule.duplicate"), (error.Path, error.Code));
        Assert.Contains("'ssh'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Semantics", "15")]
    public void Rules_AddedTwiceInCode_AreOneErrorEach()
    {
        SecurityGroupRule rule = SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Any);
        SecurityGroup group = SecurityGroup.CreateEmpty("g").WithRule(rule).WithRule(rule);

        Assert.Equal(["securityGroups[0].rules[2] rule.duplicate", "securityGroups[0].rules[3] rule.duplicate"], ErrorsOf([group], []));
    }

    [Fact]
    [Trait("Semantics", "15")]
    public void Rules_SameContentInTwoGroups_AreFine() =>
        Assert.Empty(ErrorsOf([SecurityGroup.CreateNeutron("a"), SecurityGroup.CreateNeutron("b")], []));

    [Fact]
    [Trait("Semantics", "52")]
    [Trait("Decisions", "Policy and text")]
    public void RuleIds_TwiceInAGroup_AreAnError()
    {
        SecurityGroupRule rule = SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Network("10.0.0.0/8")) with { Id = "x" };
        SecurityGroupRule other = SecurityGroupRule.Ingress(IpProtocol.Tcp, 23, Remote.Network("10.0.0.0/8")) with { Id = "x" };

        Assert.Equal(["securityGroups[0].rules[1].id id.duplicate"], ErrorsOf([SecurityGroup.CreateEmpty("g").WithRules([rule, other])], []));
        Assert.Empty(ErrorsOf([SecurityGroup.CreateEmpty("g").WithRule(rule), SecurityGroup.CreateEmpty("h").WithRule(other)], []));
    }

    [Fact]
    [Trait("Semantics", "52")]
    public void Ids_TwiceInTheirKind_AreAnErrorPerKind()
    {
        Nic nic = s_nic with { SecurityGroups = [] };
        AddressGroup addresses = new("web", []);

        PolicyException exception = Assert.Throws<PolicyException>(() => Policy.Create([s_web, s_web], [nic with { Id = "web" }, nic with { Id = "web" }], [addresses, addresses]));
        Assert.Equal(["securityGroups[1].id", "addressGroups[1].id", "nics[1].id"], exception.Errors.Select(error => error.Path));
        Assert.All(exception.Errors, error => Assert.Equal("id.duplicate", error.Code));
    }

    [Fact]
    [Trait("Semantics", "52")]
    public void Ids_EmptyLongOrIllFormed_AreErrors()
    {
        Assert.Equal(["nics[0].id id.empty"], ErrorsOf([s_web], [s_nic with { Id = "" }]));
        Assert.Empty(ErrorsOf([s_web], [s_nic with { Id = new string('x', 255) }]));
        Assert.Equal(["nics[0].id id.length"], ErrorsOf([s_web], [s_nic with { Id = new string('x', 256) }]));
        Assert.Equal(["nics[0].id id.text"], ErrorsOf([s_web], [s_nic with { Id = "\uD800" }]));
        Assert.Empty(ErrorsOf([s_web], [s_nic with { Id = "\U0001F525 \uFFFD" }]));
        Assert.Equal(["securityGroups[0].id id.length"], ErrorsOf([SecurityGroup.CreateEmpty(new string('x', 256))], []));
        SecurityGroupRule rule = SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Network("10.0.0.0/8")) with { Id = new string('x', 256) };
        Assert.Equal(["securityGroups[0].rules[0].id id.length"], ErrorsOf([SecurityGroup.CreateEmpty("g").WithRule(rule)], []));
    }

    [Fact]
    [Trait("Semantics", "23")]
    public void References_ToWhatIsNotThere_AreErrorsThatListEveryUser()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("g").WithRules(
        [
            SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.SecurityGroup("gone")) with { Id = "r", Ethertype = Ethertype.IPv4 },
            SecurityGroupRule.Ingress(IpProtocol.Udp, Remote.AddressGroup("office")) with { Id = "s", Ethertype = Ethertype.IPv4 },
        ]);
        Nic nic = s_nic with { SecurityGroups = ["g", "gone"] };

        PolicyException exception = Assert.Throws<PolicyException>(() => Policy.Create([group], [nic]));

        Assert.Equal(
            [
                "securityGroups[0].rules[0].remoteSecurityGroupId reference.securityGroup",
                "securityGroups[0].rules[1].remoteAddressGroupId reference.addressGroup",
                "nics[0].securityGroups[1] reference.securityGroup",
            ],
            exception.Errors.Select(error => $"{error.Path} {error.Code}"));
        Assert.All([exception.Errors[0], exception.Errors[2]], error =>
        {
            Assert.Contains("rule 'r' of group 'g'", error.Message, StringComparison.Ordinal);
            Assert.Contains("NIC 'n'", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Trait("Semantics", "23")]
    public void WithoutGroup_StillUsed_IsAnErrorOfTheCopyThatListsWhoUsesIt()
    {
        Policy policy = Policy.Create([s_web], [s_nic]).WithoutGroup("web");

        PolicyError error = Assert.Single(policy.Validate().Errors);
        Assert.Equal("nics[0].securityGroups[0]", error.Path);
        Assert.Contains("NIC 'n' uses it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Semantics", "23")]
    public void References_MissingManyTimes_ListTenUsersEach()
    {
        Nic[] nics = [.. Enumerable.Range(0, 30).Select(index => s_nic with { Id = $"n{index}" })];

        PolicyException exception = Assert.Throws<PolicyException>(() => Policy.Create([], nics));

        Assert.Equal(30, exception.Errors.Length);
        Assert.Contains("'n9' and 20 more use it", exception.Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("and 10 more", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Semantics", "21")]
    public void References_ToItselfAndEachOther_AreFine()
    {
        SecurityGroup first = s_web.WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.SecurityGroup("db")));
        SecurityGroup second = SecurityGroup.CreateDefault("db").WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.SecurityGroup("web")));

        Assert.Empty(ErrorsOf([first, second], []));
    }

    [Fact]
    [Trait("Semantics", "19")]
    public void GroupWithoutRulesAndNicWithoutGroups_AreFine() =>
        Assert.Empty(ErrorsOf([SecurityGroup.CreateEmpty("web")], [s_nic, s_nic with { Id = "m", SecurityGroups = [] }]));

    [Fact]
    [Trait("Semantics", "29")]
    [Trait("Scenario", "S40")]
    public void Nics_WithTheSameAddressAndMac_AreFine()
    {
        PhysicalAddress mac = PhysicalAddress.Parse("fa:16:3e:00:00:10");

        Assert.Empty(ErrorsOf([s_web], [s_nic with { Mac = mac, NetworkId = "a" }, s_nic with { Id = "m", Mac = mac, NetworkId = "b" }]));
    }

    [Fact]
    [Trait("Semantics", "18")]
    [Trait("Scenario", "S21")]
    public void Attach_StatelessBesideStateful_IsRefusedAndChangesNothing()
    {
        Policy policy = Policy.Create([s_web, SecurityGroup.CreateEmpty("raw").WithStateful(false)], [s_nic]);
        Policy changed = policy.UpdateNic("n", nic => nic with { SecurityGroups = nic.SecurityGroups.Add("raw") });

        Assert.Equal("nic.mixedStateful", Assert.Single(changed.Validate().Errors).Code);
        Assert.True(policy.Validate().IsValid);
    }

    [Fact]
    public void Mac_NotSixOctets_IsAnError() =>
        Assert.Equal(["nics[0].mac mac.length"], ErrorsOf([s_web], [s_nic with { Mac = new PhysicalAddress([1, 2, 3, 4, 5, 6, 7, 8]) }]));

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x01, 0, 0x5E, 0, 0, 1 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    public void Mac_OfZerosOrOfAGroup_IsAnError(byte[] mac) =>
        Assert.Equal(["nics[0].mac mac.invalid"], ErrorsOf([s_web], [s_nic with { Mac = new PhysicalAddress(mac) }]));

    /// <summary>A value that no code knows must not become whatever the code does with unknown ones.</summary>
    [Fact]
    public void Options_WithUndefinedValues_AreErrors()
    {
        NicOptions options = new()
        {
            LinkType = (LinkType)9,
            Infrastructure = InfrastructureTraffic.Arp | (InfrastructureTraffic)(1 << 20),
            WindowCheck = (WindowCheck)9,
            PickUp = (PickUp)9,
        };
        string[] expected =
        [
            "nics[0].options.infrastructure option.range", "nics[0].options.linkType option.range",
            "nics[0].options.pickUp option.range", "nics[0].options.windowCheck option.range",
        ];
        Assert.Equal(expected, ErrorsOf([s_web], [s_nic with { Options = options }]));
        Assert.Equal(["nics[0].options.linkType option.range"], ErrorsOf([s_web], [s_nic with { Options = new NicOptions { LinkType = default(LinkType) } }]));
        foreach (InfrastructureTraffic flags in Enum.GetValues<InfrastructureTraffic>())
        {
            Assert.Empty(ErrorsOf([s_web], [s_nic with { Options = new NicOptions { Infrastructure = flags } }]));
        }
    }

    [Fact]
    [Trait("Semantics", "5")]
    [Trait("Semantics", "7")]
    public void Rules_MadeInCode_AreCheckedAsThoseOfAFile()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("g").WithRules(
        [
            SecurityGroupRule.Ingress(IpProtocol.Any, 22, Remote.Network("10.0.0.0/8")),
            SecurityGroupRule.Ingress(IpProtocol.Tcp, new IcmpMatch(8), Remote.Network("10.0.0.0/8")),
            SecurityGroupRule.Ingress(IpProtocol.IcmpV6, Remote.Network("10.0.0.0/8")),
            SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Network("10.0.0.0/8")) with { Ethertype = Ethertype.IPv6 },
        ]);

        Assert.Equal(
            [
                "securityGroups[0].rules[0].portRange port.protocol",
                "securityGroups[0].rules[1].icmpParameters icmp.protocol",
                "securityGroups[0].rules[2].protocol protocol.ethertype",
                "securityGroups[0].rules[3].ethertype ethertype.mismatch",
            ],
            ErrorsOf([group], []));
    }

    [Fact]
    [Trait("Decisions", "Policy and text")]
    public void Limits_WhenSet_AreErrors()
    {
        Policy policy = Policy.Create([s_web, SecurityGroup.CreateEmpty("b")], [s_nic with { SecurityGroups = ["web", "b"] }, s_nic with { Id = "m" }]);
        PolicyLimits limits = new() { MaxRulesPerGroup = 3, MaxGroupsPerNic = 1, MaxMembersPerGroup = 1 };

        Assert.Equal(
            ["securityGroups[1] limit.membersPerGroup", "securityGroups[1].rules limit.rulesPerGroup", "nics[1].securityGroups limit.groupsPerNic"],
            policy.Validate(limits).Errors.Select(error => $"{error.Path} {error.Code}"));
        Assert.True(policy.Validate().IsValid);
    }

    [Theory]
    [Trait("Decisions", "Infrastructure, addresses, links")]
    [InlineData("""{"direction":"ingress","protocol":0}""", ".protocol protocol.neverMatches")]
    [InlineData("""{"direction":"ingress","ethertype":"IPv6","protocol":43}""", ".protocol protocol.neverMatches")]
    [InlineData("""{"direction":"ingress","ethertype":"IPv6","protocol":44}""", ".protocol protocol.neverMatches")]
    [InlineData("""{"direction":"ingress","ethertype":"IPv6","protocol":60}""", ".protocol protocol.neverMatches")]
    [InlineData("""{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":3}}""", ".icmpParameters icmp.relatedOnly")]
    [InlineData("""{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":11,"code":0}}""", ".icmpParameters icmp.relatedOnly")]
    [InlineData("""{"direction":"ingress","ethertype":"IPv6","protocol":"icmp","icmpParameters":{"type":1}}""", ".icmpParameters icmp.relatedOnly")]
    [InlineData("""{"direction":"ingress","ipRange":"::ffff:10.0.0.0/104"}""", ".ipRange remote.mapped")]
    [InlineData("""{"direction":"ingress","protocol":"icmp","icmpParameters":{"type":8}}""", null)]
    [InlineData("""{"direction":"ingress","ethertype":"IPv6","protocol":"icmp","icmpParameters":{"type":128}}""", null)]
    [InlineData("""{"direction":"ingress","ethertype":"IPv6","protocol":59}""", null)]
    public void Warning_AboutARuleThatNeverMatches_NamesIt(string rule, string? warning) =>
        Assert.Equal(warning is null ? [] : [$"securityGroups[0].rules[0]{warning}"], PolicyErrors.Warnings(PolicyErrors.WithRule(rule)));

    [Fact]
    [Trait("Decisions", "Connections")]
    public void Warning_AboutIcmpErrors_IsNotForStatelessGroups() =>
        Assert.Empty(PolicyErrors.Warnings("""{"securityGroups":[{"id":"g","stateful":false,"rules":[{"direction":"ingress","protocol":1,"icmpParameters":{"type":3}}]}]}"""));

    [Fact]
    [Trait("Semantics", "22")]
    public void Warning_AboutWidePrefixesAndSpecialAddresses_NamesThem() =>
        Assert.Equal(
            [
                "nics[0].allowedAddresses[0] member.tooWide", "nics[0].allowedAddresses[2] member.tooWide", "nics[0].allowedAddresses[4] member.special",
                "nics[0].ipv4 member.special",
            ],
            PolicyErrors.Warnings("""
                {"nics":[{"id":"n","ipv4":"127.0.0.1","ipv6":"fe80::1",
                 "allowedAddresses":["0.0.0.0/0","10.0.0.0/8","2000::/15","2001::/16","ff02::1"]}]}
                """));

    [Fact]
    public void Validate_PolicyMadeInCode_CountsInTheOrderOfIds()
    {
        Policy policy = Policy.Empty
            .WithGroup(SecurityGroup.CreateEmpty("z").WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.SecurityGroup("gone"))))
            .WithGroup(SecurityGroup.CreateEmpty("a"));

        Assert.Equal(["securityGroups[1].rules[0]", "securityGroups[1].rules[1]"], policy.Validate().Errors.Select(error => error.Path.Replace(".remoteSecurityGroupId", "", StringComparison.Ordinal)));
        Assert.Equal(policy.Validate().Errors, PolicyValidator.Validate(policy, PolicyLimits.Default).AsEnumerable());
    }

    [Fact]
    public void Errors_OfManyRules_StandInTheOrderOfTheirNumbers()
    {
        IEnumerable<SecurityGroupRule> rules = Enumerable.Range(1, 12).Select(port => SecurityGroupRule.Ingress(IpProtocol.Any, port, Remote.Network("10.0.0.0/8")));

        Assert.Equal(
            Enumerable.Range(0, 12).Select(index => $"securityGroups[0].rules[{index}].portRange port.protocol"),
            ErrorsOf([SecurityGroup.CreateEmpty("g").WithRules(rules)], []));
    }

    private static string[] ErrorsOf(SecurityGroup[] groups, Nic[] nics)
    {
        try
        {
            Assert.True(Policy.Create(groups, nics).Validate().IsValid);
            return [];
        }
        catch (PolicyException exception)
        {
            return [.. exception.Errors.Select(error => $"{error.Path} {error.Code}")];
        }
    }
}
