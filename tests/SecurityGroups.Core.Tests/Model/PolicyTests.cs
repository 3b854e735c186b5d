using System.Net;

namespace SecurityGroups.Tests.Model;

public sealed class PolicyTests
{
    private static readonly Policy s_policy = Policy.Create(
        [SecurityGroup.CreateDefault("web"), SecurityGroup.CreateDefault("db")],
        [new("n") { Addresses = [IPAddress.Parse("10.0.0.10")], SecurityGroups = ["web"] }],
        [new("office", [Cidr.Parse("203.0.113.0/24")])]);

    [Fact]
    [Trait("Semantics", "1")]
    public void Equals_PartsInAnyOrder_AreThePolicy()
    {
        Policy other = Policy.Create(
            [.. s_policy.SecurityGroups.Values.Reverse()], s_policy.Nics.Values, s_policy.AddressGroups.Values);

        Assert.Equal(s_policy, other);
        Assert.Equal(s_policy.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    [Trait("Semantics", "24")]
    public void UpdateNic_LeavesEveryGroupTheSameObject()
    {
        Policy changed = s_policy.UpdateNic("n", nic => nic with { SecurityGroups = ["web", "db"], Addresses = [IPAddress.Parse("10.0.0.11")] });

        Assert.NotEqual(s_policy, changed);
        Assert.Same(s_policy.SecurityGroups, changed.SecurityGroups);
        Assert.Same(s_policy.AddressGroups, changed.AddressGroups);
    }

    [Fact]
    public void UpdateGroup_ChangesThatGroupAlone()
    {
        Policy changed = s_policy.UpdateGroup("web", group => group.WithRule(SecurityGroupRule.Ingress(IpProtocol.Udp, new PortRange(5000, 5010), Remote.Any)));

        Assert.Equal(6, changed.SecurityGroups["web"].Rules.Length);
        Assert.Equal(4, s_policy.SecurityGroups["web"].Rules.Length);
        Assert.Same(s_policy.SecurityGroups["db"], changed.SecurityGroups["db"]);
        Assert.Same(s_policy.Nics, changed.Nics);
        Assert.Equal(s_policy, changed.WithGroup(s_policy.SecurityGroups["web"]));
    }

    [Fact]
    [Trait("Semantics", "25")]
    public void AddressGroups_AreAddedChangedAndRemoved()
    {
        Policy changed = s_policy.WithAddressGroup(new("home", []))
            .UpdateAddressGroup("office", group => new(group.Id, group.Addresses.Add(Cidr.Parse("2001:db8::/32"))));

        Assert.Equal(["home", "office"], changed.AddressGroups.Keys);
        Assert.Equal(2, changed.AddressGroups["office"].Addresses.Length);
        Assert.Equal(["home"], changed.WithoutAddressGroup("office").AddressGroups.Keys);
    }

    [Fact]
    public void Without_RemovesThePart()
    {
        Assert.Empty(s_policy.WithoutNic("n").Nics);
        Assert.Equal(["web"], s_policy.WithoutGroup("db").SecurityGroups.Keys);
        Assert.Equal(s_policy, s_policy.WithoutNic("n").WithNic(s_policy.Nics["n"]));
    }

    [Fact]
    public void Changes_OfWhatIsNotThere_Throw()
    {
        Assert.Throws<KeyNotFoundException>(() => s_policy.WithoutGroup("x"));
        Assert.Throws<KeyNotFoundException>(() => s_policy.WithoutNic("x"));
        Assert.Throws<KeyNotFoundException>(() => s_policy.WithoutAddressGroup("x"));
        Assert.Throws<KeyNotFoundException>(() => s_policy.UpdateGroup("x", group => group));
        Assert.Throws<KeyNotFoundException>(() => s_policy.UpdateNic("x", nic => nic));
        Assert.Throws<KeyNotFoundException>(() => s_policy.UpdateAddressGroup("x", group => group));
    }

    [Fact]
    public void Updates_ThatChangeTheIdOrGiveNull_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => s_policy.UpdateGroup("web", _ => s_policy.SecurityGroups["db"]));
        Assert.Throws<ArgumentException>(() => s_policy.UpdateNic("n", nic => nic with { Id = "m" }));
        Assert.Throws<ArgumentException>(() => s_policy.UpdateNic("n", _ => null!));
    }

    [Fact]
    public void Create_NullParts_AreRefusedByName()
    {
        Assert.Equal("securityGroups", Assert.Throws<ArgumentNullException>(() => Policy.Create(null!, [])).ParamName);
        Assert.Equal("nics", Assert.Throws<ArgumentException>(() => Policy.Create([], [null!])).ParamName);
    }

    [Fact]
    public void Empty_IsValid() => Assert.True(Policy.Empty.Validate().IsValid);
}
