using System.Collections.Immutable;

namespace SecurityGroups;

/// <summary>
/// A named set of rules that attaches to NICs. Immutable; every change gives a changed copy, which is checked when it becomes part of a
/// <see cref="Policy"/>. Equal when everything it states is equal, rules in the same order.
/// </summary>
public sealed record SecurityGroup
{
    private const string SecondIdSuffix = "-v6";

    private SecurityGroup(string id) => (Id, Name) = (id, id);

    /// <summary>Unique among the groups of a policy, 1 to 255 characters.</summary>
    public string Id { get; }

    /// <summary>For people; the id unless given.</summary>
    public string Name { get; private init; }

    /// <summary>For people.</summary>
    public string? Description { get; private init; }

    /// <summary>Whether replies to what its rules allow need no rule; default true.</summary>
    public bool Stateful { get; private init; } = true;

    /// <summary>The rules; order does not matter. Every one has an id and an ethertype.</summary>
    public ImmutableArray<SecurityGroupRule> Rules { get; private init; } = [];

    /// <summary>A group as the STACKIT API makes one: all egress, and ingress from its own members, for IPv4 and IPv6.</summary>
    public static SecurityGroup CreateDefault(string id) => CreateNeutron(id).WithRule(SecurityGroupRule.Ingress(IpProtocol.Any, Remote.SecurityGroup(id)));

    /// <summary>A group as the OpenStack Neutron API makes one: all egress for IPv4 and IPv6.</summary>
    public static SecurityGroup CreateNeutron(string id) => CreateEmpty(id).WithRule(SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any));

    /// <summary>A group without rules, which denies everything both ways.</summary>
    public static SecurityGroup CreateEmpty(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new SecurityGroup(id);
    }

    /// <summary>
    /// A copy with one more rule. A rule with an open ethertype becomes two, IPv4 and IPv6, the second with <c>-v6</c> after its id. A rule
    /// without an id gets a stable one, derived from what it matches.
    /// </summary>
    /// <exception cref="ArgumentException">The rule is for ICMP or a protocol of IPv6 and its ethertype is open.</exception>
    public SecurityGroup WithRule(SecurityGroupRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return this with { Rules = rule.Ethertype is null ? Rules.AddRange(Split(rule)) : Rules.Add(Identified(rule)) };
    }

    /// <summary>A copy with more rules, as by <see cref="WithRule"/> for each.</summary>
    /// <exception cref="ArgumentException">A rule is for ICMP or a protocol of IPv6 and its ethertype is open.</exception>
    public SecurityGroup WithRules(IEnumerable<SecurityGroupRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ImmutableArray<SecurityGroupRule>.Builder all = Rules.ToBuilder();
        foreach (SecurityGroupRule rule in rules)
        {
            ArgumentNullException.ThrowIfNull(rule, nameof(rules));
            all.AddRange(rule.Ethertype is null ? Split(rule) : [Identified(rule)]);
        }

        return this with { Rules = all.DrainToImmutable() };
    }

    /// <summary>
    /// A copy without the rule of that id, and without its other half if it was made from one rule with an open ethertype (the same but for
    /// the ethertype, with <c>-v6</c> after the id).
    /// </summary>
    /// <exception cref="KeyNotFoundException">The group has no such rule.</exception>
    public SecurityGroup WithoutRule(string ruleId)
    {
        ArgumentNullException.ThrowIfNull(ruleId);
        SecurityGroupRule removed = Rules.FirstOrDefault(rule => rule.Id == ruleId)
            ?? throw new KeyNotFoundException($"Group '{Id}' has no rule '{ruleId}'.");

        // Removing "ssh" must not leave the half of it open that is called "ssh-v6".
        SecurityGroupRule? other = removed.Ethertype == Ethertype.IPv4
            ? removed with { Id = ruleId + SecondIdSuffix, Ethertype = Ethertype.IPv6 }
            : null;
        return this with { Rules = Rules.RemoveAll(rule => rule.Id == ruleId || rule.Equals(other)) };
    }

    /// <summary>A copy without any rule.</summary>
    public SecurityGroup WithoutRules() => this with { Rules = [] };

    /// <summary>A copy with another name.</summary>
    public SecurityGroup WithName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return this with { Name = name };
    }

    /// <summary>A copy with another description, or none.</summary>
    public SecurityGroup WithDescription(string? description) => this with { Description = description };

    /// <summary>A copy that is stateful or stateless.</summary>
    public SecurityGroup WithStateful(bool stateful) => this with { Stateful = stateful };

    /// <inheritdoc/>
    public bool Equals(SecurityGroup? other) =>
        other is not null && Id == other.Id && Name == other.Name && Description == other.Description && Stateful == other.Stateful
        && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Name, Stateful, Rules.Length);

    /// <summary>The id and the number of rules.</summary>
    public override string ToString() => $"{Id} ({Rules.Length} rules{(Stateful ? "" : ", stateless")})";

    private static SecurityGroupRule Identified(SecurityGroupRule rule) =>
        rule.Id.Length > 0 ? rule : rule with { Id = CanonicalRule.Of(rule).DeriveId() };

    private static SecurityGroupRule[] Split(SecurityGroupRule rule)
    {
        if (rule.Protocol.IsIcmp || rule.Protocol.IsIPv6Only)
        {
            throw new ArgumentException($"A rule for {rule.Protocol} needs an ethertype: write 'with {{ Ethertype = ... }}'.", nameof(rule));
        }

        string secondId = rule.Id.Length > 0 ? rule.Id + SecondIdSuffix : "";
        return [Identified(rule with { Ethertype = Ethertype.IPv4 }), Identified(rule with { Id = secondId, Ethertype = Ethertype.IPv6 })];
    }
}
