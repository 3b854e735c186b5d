namespace SecurityGroups;

/// <summary>Checks options at the door, naming the property that is out of range.</summary>
internal static class FirewallOptionsValidator
{
    private const int MostConnections = 1 << 24;
    private const int LowestEthertype = 0x0600;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static void ThrowIfInvalid(FirewallOptions options)
    {
        ThrowUnlessDefined(options.LinkType, nameof(options.LinkType));
        ThrowUnlessDefined(DefinedValues.Has(options.Infrastructure), options.Infrastructure, nameof(options.Infrastructure));
        ThrowUnlessDefined(DefinedValues.Has(options.Martians), options.Martians, nameof(options.Martians));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options.TimeProvider));
        ArgumentNullException.ThrowIfNull(options.Limits, nameof(options.Limits));
        ArgumentNullException.ThrowIfNull(options.Fragments, nameof(options.Fragments));
        if (options.AllowedEthertypes.IsDefault || options.AllowedEthertypes.Any(ethertype => ethertype < LowestEthertype))
        {
            throw new ArgumentException(
                $"{nameof(options.AllowedEthertypes)} are 0x0600 to 0xFFFF; smaller values are lengths of 802.3 frames.", nameof(options));
        }

        ThrowIfInvalid(options.ConnectionTracking);
    }

    private static void ThrowIfInvalid(ConnectionTrackingOptions tracking)
    {
        ArgumentNullException.ThrowIfNull(tracking, nameof(FirewallOptions.ConnectionTracking));
        ArgumentOutOfRangeException.ThrowIfLessThan(tracking.MaxConnections, 1, nameof(tracking.MaxConnections));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tracking.MaxConnections, MostConnections, nameof(tracking.MaxConnections));
        ArgumentOutOfRangeException.ThrowIfNegative(tracking.IcmpErrorsPerSecond, nameof(tracking.IcmpErrorsPerSecond));
        ArgumentNullException.ThrowIfNull(tracking.Timeouts, nameof(tracking.Timeouts));
        ThrowUnlessDefined(tracking.EstablishedConnections, nameof(tracking.EstablishedConnections));
        ThrowUnlessDefined(tracking.PickUp, nameof(tracking.PickUp));
        ThrowUnlessDefined(tracking.WindowCheck, nameof(tracking.WindowCheck));
    }

    private static void ThrowUnlessDefined<T>(T value, string name)
        where T : struct, Enum => ThrowUnlessDefined(Enum.IsDefined(value), value, name);

    private static void ThrowUnlessDefined<T>(bool isDefined, T value, string name)
        where T : struct, Enum
    {
        if (!isDefined)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Not a {typeof(T).Name}.");
        }
    }
}
