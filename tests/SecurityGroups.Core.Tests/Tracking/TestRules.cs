using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Rules for tracker tests: one function, replaced at will; every replacement makes all connections stale.</summary>
internal sealed class TestRules
{
    private Func<Direction, FlowKey, bool> _allows = (_, _) => true;

    public uint Generation { get; private set; } = 1;

    /// <summary>How often the rules were asked.</summary>
    public int Questions { get; private set; }

    /// <summary>P0 of behaviour.md: egress any, ingress none.</summary>
    public static bool EgressOnly(Direction direction, FlowKey key) => direction == Direction.Egress;

    /// <summary>P1 of behaviour.md: no egress, ingress to local port 22.</summary>
    public static bool IngressSsh(Direction direction, FlowKey key) => direction == Direction.Ingress && key.MatchPort(direction) == 22;

    public void Replace(Func<Direction, FlowKey, bool> allows)
    {
        _allows = allows;
        Generation++;
    }

    public bool Allows(Direction direction, in FlowKey key)
    {
        Questions++;
        return _allows(direction, key);
    }

    public Policy ForTracker() => new(this);

    internal readonly struct Policy(TestRules rules) : IConnectionPolicy
    {
        public uint Generation => rules.Generation;

        public bool IsCurrent(uint stamp, in FlowKey key) => stamp == rules.Generation;

        public bool Allows(Direction direction, in FlowKey key) => rules.Allows(direction, key);
    }
}
