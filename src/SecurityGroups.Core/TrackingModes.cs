namespace SecurityGroups;

/// <summary>The modes of one NIC, from the firewall's options and the NIC's own.</summary>
internal readonly record struct TrackingModes(
    EstablishedConnections EstablishedConnections, PickUp PickUp, WindowCheck WindowCheck, bool RefreshOnEgressOnly, int MaxConnections);
