namespace SecurityGroups.Cli.Replay;

/// <summary>Firewalls that judge captures.</summary>
internal static class ReplayFirewall
{
    /// <summary>
    /// A firewall that tells the time by the packets' timestamps, reads Ethernet (<see cref="FrameView"/> makes it of everything else) and
    /// accepts any VLAN tag.
    /// </summary>
    /// <exception cref="PolicyException">The policy is not valid.</exception>
    public static Firewall Create(Policy policy, ConnectionTrackingOptions tracking) => new(
        PolicyFile.WithoutLinkTypes(policy),
        new FirewallOptions { LinkType = LinkType.Ethernet, CallerTimestamps = true, ConnectionTracking = tracking },
        replay: true);
}
