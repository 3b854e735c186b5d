namespace SecurityGroups.Tests.Model;

public sealed class PolicyEditTests
{
    private static readonly SecurityGroup s_group = SecurityGroup.CreateEmpty("g");

    [Fact]
    public void EditsSince_PolicyThatIsNoBase_AreUnknown()
    {
        Policy policy = Policy.Create([s_group], []);
        Assert.Null(policy.WithoutGroup("g").EditsSince(policy));
        Assert.Empty(policy.EditsSince(policy)!);
    }

    [Fact]
    public void EditsSince_Base_NameEveryPartThatWasSetOrRemoved()
    {
        Policy policy = Base();
        Policy changed = policy
            .WithNic(new Nic("n")).WithGroup(s_group).WithAddressGroup(new AddressGroup("a", []))
            .WithoutNic("n").WithoutGroup("g").WithoutAddressGroup("a");
        (PolicyPart Nic, string) nic = (PolicyPart.Nic, "n");
        (PolicyPart Group, string) group = (PolicyPart.SecurityGroup, "g");
        (PolicyPart Addresses, string) addresses = (PolicyPart.AddressGroup, "a");
        Assert.Equal([addresses, group, nic, addresses, group, nic], changed.EditsSince(policy)!.Select(edit => (edit.Part, edit.Id)));
        Assert.Null(policy.EditsSince(changed));
        Assert.Null(changed.EditsSince(Base()));
    }

    [Fact]
    public void EditsSince_BaseBeforeTheLastOne_AreUnknown()
    {
        Policy first = Base();
        Policy second = first.WithNic(new Nic("n"));
        second.BecomeBase();
        Policy third = second.WithNic(new Nic("m"));
        Assert.Single(second.EditsSince(first)!);
        Assert.Equal("m", Assert.Single(third.EditsSince(second)!).Id);
        Assert.Null(third.EditsSince(first));
    }

    [Fact]
    public void EditsSince_TooMany_AreUnknown()
    {
        Policy policy = Base();
        Policy changed = policy;
        for (int i = 0; i < 4_096; i++)
        {
            changed = changed.WithNic(new Nic("n"));
        }

        Assert.Equal(4_096, changed.EditsSince(policy)!.Count());
        Assert.Null(changed.WithNic(new Nic("n")).EditsSince(policy));
        Assert.Null(changed.WithNic(new Nic("n")).WithNic(new Nic("n")).EditsSince(policy));
    }

    [Fact]
    public void Update_PolicyInForce_IsABase()
    {
        using Firewall firewall = new(Policy.Create([s_group], []), new FirewallOptions { LinkType = LinkType.RawIp });
        Policy first = firewall.Policy;
        firewall.Update(policy => policy.WithNic(new Nic("n") { AddressChecks = false }));
        Assert.Single(firewall.Policy.EditsSince(first)!);
        Assert.Single(firewall.Policy.WithoutNic("n").EditsSince(firewall.Policy)!);
    }

    /// <summary>Whoever updates for years must not keep every policy alive.</summary>
    [Fact]
    public void Update_ManyTimes_KeepsNoPolicyThatWasReplaced()
    {
        using Firewall firewall = new(Policy.Create([s_group], []), new FirewallOptions { LinkType = LinkType.RawIp });
        WeakReference replaced = Replace(firewall);
        firewall.Update(policy => policy.WithNic(new Nic("m") { AddressChecks = false }));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(replaced.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Replace(Firewall firewall)
    {
        firewall.Update(policy => policy.WithNic(new Nic("n") { AddressChecks = false }));
        WeakReference replaced = new(firewall.Policy);
        firewall.Update(policy => policy.WithoutNic("n"));
        return replaced;
    }

    private static Policy Base()
    {
        Policy policy = Policy.Create([], []);
        policy.BecomeBase();
        return policy;
    }
}
