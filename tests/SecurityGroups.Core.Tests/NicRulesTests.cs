using SecurityGroups.Guard;
using SecurityGroups.Match;
using SecurityGroups.Tracking;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests;

/// <summary>When a connection must be checked again.</summary>
public sealed class NicRulesTests
{
    /// <summary>Generations are compared as serial numbers, so the wrap after 2^32 updates makes no stale connection current, nor a current one stale.</summary>
    [Theory]
    [InlineData(uint.MaxValue, uint.MaxValue, true)]
    [InlineData(0, uint.MaxValue, true)]
    [InlineData(5, uint.MaxValue, true)]
    [InlineData(uint.MaxValue - 1, uint.MaxValue, false)]
    [InlineData(uint.MaxValue, 0, false)]
    [InlineData(uint.MaxValue, 5, false)]
    [InlineData(int.MaxValue, 1u << 31, false)]
    [InlineData(1u << 31, int.MaxValue, true)]
    public void Stamps_ThatWrap_KeepTheirOrder(uint stamp, uint changedAt, bool isCurrent)
    {
        using Firewall firewall = new(P0, Options);
        Ruleset ruleset = firewall.Ruleset;
        NicBinding nic = ruleset.FindNic(W)! with { ChangedAt = changedAt };
        FormEntry form = ruleset.FormOf(nic);
        FlowKey key = new(1, 2, 3, 4, nic.Zone, Ethertype.IPv4, 0, 6);
        Assert.Equal(isCurrent, new NicRules(ruleset, nic, form with { ChangedAt = changedAt }, new NicState(), commit: false).IsCurrent(stamp, key));
    }
}
