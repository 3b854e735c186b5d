using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>A named set of rules that attaches to NICs. Immutable; every change gives a changed copy.</summary>
public sealed class SecurityGroup
{
    private SecurityGroup(string id, ImmutableArray<SecurityGroupRule> rules)
    {
        Id = id;
        Rules = rules;
    }

    /// <summary>Unique among the groups of a policy, 1 to 255 characters.</summary>
    public string Id { get; }

    /// <summary>For people; the id unless given.</summary>
    public string Name { get; private init; } = "";

    /// <summary>For people.</summary>
    public string? Description { get; private init; }

    /// <summary>Whether replies to what its rules allow need no rule; default true.</summary>
    public bool Stateful { get; private init; } = true;

    /// <summary>The rules; order does not matter. Every one has an id and an ethertype.</summary>
    public ImmutableArray<SecurityGroupRule> Rules { get; }

    /// <summary>A group as the STACKIT API makes one: all egress, and ingress from its own members, for IPv4 and IPv6.</summary>
    public static SecurityGroup CreateDefault(string id) => CreateNeutron(id).WithRule(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.SecurityGroup(id)));

    /// <summary>A group as the OpenStack Neutron API makes one: all egress for IPv4 and IPv6.</summary>
    public static SecurityGroup CreateNeutron(string id) => CreateEmpty(id).WithRule(SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any));

    /// <summary>A group without rules.</summary>
    public static SecurityGroup CreateEmpty(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new SecurityGroup(id, []) { Name = id };
    }

    /// <summary>A copy with one more rule; one with an open ethertype becomes two.</summary>
    public SecurityGroup WithRule(SecurityGroupRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        string id = rule.Id.Length > 0 ? rule.Id : $"rule-{Rules.Length}";
        return rule.Ethertype is null
            ? WithRules(Rules.Add(rule with { Id = id, Ethertype = Ethertype.IPv4 }).Add(rule with { Id = id + "-v6", Ethertype = Ethertype.IPv6 }))
            : WithRules(Rules.Add(rule with { Id = id }));
    }

    /// <summary>A copy without the rule of that id.</summary>
    public SecurityGroup WithoutRule(string ruleId) => WithRules(Rules.RemoveAll(rule => rule.Id == ruleId));

    /// <summary>A copy with other rules.</summary>
    internal SecurityGroup WithRules(ImmutableArray<SecurityGroupRule> rules) =>
        new(Id, rules) { Name = Name, Description = Description, Stateful = Stateful };

    /// <summary>A copy that is stateful or stateless.</summary>
    public SecurityGroup WithStateful(bool stateful) => new(Id, Rules) { Name = Name, Description = Description, Stateful = stateful };
}
