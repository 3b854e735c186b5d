using SecurityGroups.Compile;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class CompiledFormTests
{
    [Fact]
    public void FindRule_GroupsWithoutRulesBetween_NamesTheRuleByItsGroupsFirstNumber()
    {
        CompiledForm form = Compile(
            new RuleBlock(100, SecurityGroup.CreateEmpty("a")),
            new RuleBlock(200, SecurityGroup.CreateEmpty("b").WithRules([Ingress(80), Ingress(81)])),
            new RuleBlock(300, SecurityGroup.CreateEmpty("c")),
            new RuleBlock(400, SecurityGroup.CreateEmpty("d")),
            new RuleBlock(500, SecurityGroup.CreateEmpty("e").WithRules([Ingress(82), Ingress(83)])),
            new RuleBlock(600, SecurityGroup.CreateEmpty("f")));
        Assert.Equal([200L, 201, 500, 501, 0], new ushort[] { 80, 81, 82, 83, 84 }.Select(port => Find(form, port)));
    }

    [Fact]
    public void FindRule_SeveralThatMatch_NamesTheFirst()
    {
        CompiledForm form = Compile(
            new RuleBlock(10, SecurityGroup.CreateEmpty("a").WithRules([Ingress(79), Ingress(80)])),
            new RuleBlock(20, SecurityGroup.CreateEmpty("b").WithRules([Ingress(80)])));
        Assert.Equal(11, Find(form, 80));
    }

    [Fact]
    public void ReferencedGroups_OfAllTables_AreDistinctAndAscending()
    {
        CompiledForm form = Compile(new RuleBlock(1, SecurityGroup.CreateEmpty("a").WithRules(
        [
            SecurityGroupRule.Ingress(IpProtocol.Tcp, Remote.SecurityGroup("7")), SecurityGroupRule.Egress(IpProtocol.Tcp, Remote.SecurityGroup("2")),
            SecurityGroupRule.Egress(IpProtocol.Udp, Remote.SecurityGroup("7")), SecurityGroupRule.Ingress(IpProtocol.Udp, Remote.SecurityGroup("5")),
        ])));
        Assert.Equal([2, 5, 7], form.ReferencedGroups.ToArray());
    }

    [Fact]
    public void Octets_AreThoseOfAllTables()
    {
        SecurityGroupRule[] ingress = [.. Enumerable.Range(1, 100).Select(Ingress)];
        SecurityGroupRule[] egress = [.. Enumerable.Range(1, 100).Select(port => SecurityGroupRule.Egress(IpProtocol.Tcp, port, Remote.Any) with { Ethertype = Ethertype.IPv4 })];
        long empty = Compile(Block([])).Octets;
        long one = Compile(Block(ingress)).Octets;
        Assert.True(empty > 0 && one > empty + (100 * 12));
        Assert.Equal(one - empty, Compile(Block([.. ingress, .. egress])).Octets - one);
    }

    private static RuleBlock Block(SecurityGroupRule[] rules) => new(1, SecurityGroup.CreateEmpty("a").WithRules(rules));

    private static SecurityGroupRule Ingress(int port) => SecurityGroupRule.Ingress(IpProtocol.Tcp, port, Remote.Any) with { Ethertype = Ethertype.IPv4 };

    private static long Find(CompiledForm form, ushort port) =>
        form.FindRule(new MatchKey(Direction.Ingress, Ethertype.IPv4, 0x0A000001, 6, port), MembershipIndex.Empty, 0);

    private static CompiledForm Compile(params RuleBlock[] blocks)
    {
        Assert.True(FormCompiler.TryCompile(
            [.. blocks], new Dictionary<string, AddressGroup>(), id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture), long.MaxValue,
            out CompiledForm? form, out _));
        return form!;
    }
}
