namespace SecurityGroups;

/// <content>The tracked connections of this NIC.</content>
public sealed partial class NicFilter
{
    /// <summary>The tracked connections of this NIC at about this moment; packets go on meanwhile.</summary>
    public IEnumerable<ConnectionInfo> GetConnections() => GetConnections(ConnectionFilter.All);

    /// <summary>The tracked connections of this NIC that a filter means, at about this moment; packets go on meanwhile.</summary>
    public IEnumerable<ConnectionInfo> GetConnections(ConnectionFilter filter) => _firewall.GetConnections(filter, of: this);

    /// <summary>As <see cref="Firewall.RemoveConnections(ConnectionFilter)"/>, for this NIC alone.</summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="ObjectDisposedException">The firewall was disposed.</exception>
    public int RemoveConnections(ConnectionFilter filter) => _firewall.RemoveConnections(filter, of: this);
}
