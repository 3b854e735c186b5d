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
        WithoutLinkTypes(policy),
        new FirewallOptions { LinkType = LinkType.Ethernet, CallerTimestamps = true, ConnectionTracking = tracking });

    /// <summary>The policy with the NICs' own link types taken out: the capture says what its packets begin with.</summary>
    public static Policy WithoutLinkTypes(Policy policy)
    {
        foreach (Nic nic in policy.Nics.Values)
        {
            if (nic.Options is { LinkType: not null } options)
            {
                policy = policy.WithNic(nic with { Options = options with { LinkType = null } });
            }
        }

        return policy;
    }
}
