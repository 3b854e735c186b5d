using SecurityGroups.Tracking;

namespace SecurityGroups;

/// <summary>
/// Which tracked connections are meant: those for which every member holds. The members of a new filter hold for all. Addresses and ports are
/// the NIC's view, as in <see cref="ConnectionInfo"/>.
/// </summary>
public sealed record ConnectionFilter
{
    /// <summary>Every connection.</summary>
    public static ConnectionFilter All { get; } = new();

    /// <summary>The NIC that tracks it; null = any. An id that the policy does not have means none.</summary>
    public string? NicId { get; init; }

    /// <summary>The address family; null = both.</summary>
    public Ethertype? Ethertype { get; init; }

    /// <summary>The IP protocol; default <see cref="IpProtocol.Any"/>.</summary>
    /// <exception cref="ArgumentException">Set to the default value of <see cref="IpProtocol"/>, which is no protocol.</exception>
    public IpProtocol Protocol
    {
        get;
        init => field = value.IsUnspecified ? throw new ArgumentException("A protocol is a number or IpProtocol.Any.", nameof(Protocol)) : value;
    } = IpProtocol.Any;

    /// <summary>Prefix of the instance's address; null = any. One address: <see cref="Cidr.FromAddress"/>.</summary>
    public Cidr? Local { get; init; }

    /// <summary>Prefix of the other end's address; null = any. One address: <see cref="Cidr.FromAddress"/>.</summary>
    public Cidr? Remote { get; init; }

    /// <summary>The instance's port; default <see cref="PortRange.All"/>. Any other range means only protocols with ports.</summary>
    /// <exception cref="ArgumentException">Set to the default value of <see cref="PortRange"/>, which is no port.</exception>
    public PortRange LocalPorts { get; init => field = Specified(value, nameof(LocalPorts)); } = PortRange.All;

    /// <summary>The other end's port; default <see cref="PortRange.All"/>. Any other range means only protocols with ports.</summary>
    /// <exception cref="ArgumentException">Set to the default value of <see cref="PortRange"/>, which is no port.</exception>
    public PortRange RemotePorts { get; init => field = Specified(value, nameof(RemotePorts)); } = PortRange.All;

    /// <summary>VLAN ids of its frames, as <see cref="ConnectionInfo.VlanIds"/>; null = any.</summary>
    public int? VlanIds { get; init; }

    /// <summary>Which way the first packet went; null = either.</summary>
    public Direction? Initiated { get; init; }

    /// <summary>The state, one of the words of <see cref="ConnectionInfo.State"/>; null = any.</summary>
    /// <exception cref="ArgumentException">Set to another word.</exception>
    public string? State { get; init => field = Known(value, nameof(State)); }

    /// <summary>Least time since its last packet that counted; default zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative time.</exception>
    public TimeSpan MinIdle
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(MinIdle), value, "Must not be negative.");
    }

    /// <summary>Whether it was revoked; null = either, except that removal spares what was revoked unless this is true.</summary>
    public bool? IsRevoked { get; init; }

    private static PortRange Specified(PortRange ports, string member) =>
        ports.IsUnspecified ? throw new ArgumentException("Every port is PortRange.All.", member) : ports;

    private static string? Known(string? state, string member) => state is null || StateNames.All.Contains(state, StringComparer.Ordinal)
        ? state
        : throw new ArgumentException($"'{state}' is no state; the states are {string.Join(", ", StateNames.All)}.", member);
}
