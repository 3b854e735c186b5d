namespace SecurityGroups.Saving;

/// <summary>The NICs that a stream names, by number, and where their connections go.</summary>
/// <param name="find">Finds a NIC by its id.</param>
/// <param name="sole">Takes the connections of a stream of one NIC, whatever the id of that; null = ids must agree.</param>
internal sealed class NicTargets(Func<string, NicTarget> find, NicTarget? sole)
{
    private readonly List<NicTarget> _targets = [];

    public int Count => _targets.Count;

    public NicTarget this[int nic] => _targets.Count == 1 ? sole ?? _targets[0] : _targets[nic];

    public void Add(string nicId) => _targets.Add(find(nicId));
}
