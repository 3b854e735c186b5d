using System.Net.NetworkInformation;

namespace SecurityGroups;

/// <summary>What one NIC must agree on with itself and with the groups it names.</summary>
internal static class NicChecks
{
    private const int MacOctets = 6;
    private const int GroupBit = 1; // IEEE 802: of the first octet
    private const int MaxVlanId = 4094;

    public static void Check(in PolicyEntry<Nic> entry, IReadOnlyDictionary<string, SecurityGroup> groups, PolicyLimits limits, ProblemList problems)
    {
        Nic nic = entry.Value;
        CheckSecurity(nic, entry, problems);
        CheckStateful(nic, entry.Path, groups, problems);
        CheckDefined(nic.Options, $"{entry.Path}.options", problems);
        CheckOptions(nic.Options, entry.Path, problems);
        CheckMac(nic.Mac, $"{entry.Path}.mac", problems);
        if (nic.SecurityGroups.Length > limits.MaxGroupsPerNic)
        {
            problems.Error(
                $"{entry.Path}.securityGroups", "limit.groupsPerNic",
                $"NIC '{nic.Id}' has {nic.SecurityGroups.Length} groups and {limits.MaxGroupsPerNic} are allowed: detach some, or raise the limit.");
        }

        WarnAboutMembers(nic, entry.Path, problems);
    }

    private static void CheckSecurity(Nic nic, in PolicyEntry<Nic> entry, ProblemList problems)
    {
        if (!nic.NicSecurity && !nic.SecurityGroups.IsEmpty)
        {
            problems.Error($"{entry.Path}.securityGroups", "nicSecurity.groups", "nicSecurity is off, so that the groups would do nothing: switch it on, or detach them.");
        }

        if (!nic.NicSecurity && !nic.AllowedAddresses.IsEmpty)
        {
            problems.Error($"{entry.Path}.allowedAddresses", "nicSecurity.allowedAddresses", "nicSecurity is off, so that allowed addresses would do nothing: switch it on, or remove them.");
        }

        bool statesAddresses = !nic.Addresses.IsEmpty || !nic.AllowedAddresses.IsEmpty;
        if (nic.NicSecurity && nic.AddressChecks && !statesAddresses && !entry.IsPartial)
        {
            problems.Error(
                entry.Path, "nic.noAddresses",
                $"NIC '{nic.Id}' does not say its addresses: state ipv4 or ipv6, or set addressChecks to false.");
        }
    }

    private static void CheckStateful(Nic nic, string path, IReadOnlyDictionary<string, SecurityGroup> groups, ProblemList problems)
    {
        SecurityGroup? Find(bool stateful) => nic.SecurityGroups
            .Select(id => groups.GetValueOrDefault(id))
            .FirstOrDefault(group => group?.Stateful == stateful);

        if (Find(stateful: true) is { } stateful && Find(stateful: false) is { } stateless)
        {
            problems.Error(
                $"{path}.securityGroups", "nic.mixedStateful",
                $"NIC '{nic.Id}' mixes the stateful group '{stateful.Id}' with the stateless group '{stateless.Id}': attach groups of one kind.");
        }
    }

    private static void CheckMac(PhysicalAddress? mac, string path, ProblemList problems)
    {
        byte[]? octets = mac?.GetAddressBytes();
        if (octets is { Length: not MacOctets })
        {
            problems.Error(path, "mac.length", "A hardware address has six octets: write it as in fa:16:3e:00:00:10.");
        }
        else if (octets is not null && ((octets[0] & GroupBit) != 0 || octets.All(octet => octet == 0)))
        {
            problems.Error(path, "mac.invalid", "No interface has a hardware address of zeros or of a group: write the NIC's own, or leave it out and the source is not checked.");
        }
    }

    private static void CheckDefined(NicOptions? options, string path, ProblemList problems)
    {
        CheckDefined(options?.LinkType is not { } linkType || Enum.IsDefined(linkType), $"{path}.linkType", problems);
        CheckDefined(options?.Infrastructure is not { } traffic || DefinedValues.Has(traffic), $"{path}.infrastructure", problems);
        CheckDefined(options?.WindowCheck is not { } windowCheck || Enum.IsDefined(windowCheck), $"{path}.windowCheck", problems);
        CheckDefined(options?.PickUp is not { } pickUp || Enum.IsDefined(pickUp), $"{path}.pickUp", problems);
    }

    private static void CheckDefined(bool isDefined, string path, ProblemList problems)
    {
        if (!isDefined)
        {
            problems.Error(path, "option.range", "This is not a defined value: use one that has a name, or leave it out for the firewall's.");
        }
    }

    private static void CheckOptions(NicOptions? options, string path, ProblemList problems)
    {
        if (options?.MaxConnections < 1)
        {
            problems.Error(
                $"{path}.options.maxConnections", "option.range",
                "maxConnections is at least 1: raise it, or leave it out for no quota.");
        }

        for (int index = 0; index < options?.VlanIds.Length; index++)
        {
            if (options.VlanIds[index] is < 1 or > MaxVlanId)
            {
                problems.Error(
                    $"{path}.options.vlanIds[{index}]", "vlan.range",
                    $"{options.VlanIds[index]} is not a VLAN id: write 1 to 4094.");
            }
        }
    }

    private static void WarnAboutMembers(Nic nic, string path, ProblemList problems)
    {
        foreach (NicAddress address in nic.Addresses)
        {
            // Fixed link-local addresses are what IPv6 is made of, no warning; the others surprise.
            Cidr prefix = Cidr.FromAddress(address.Address);
            if (MemberAddresses.IsNever(prefix) && !address.Address.IsIPv6LinkLocal)
            {
                problems.Warn($"{path}.{(address.Ethertype == Ethertype.IPv4 ? "ipv4" : "ipv6")}", "member.special", NeverMember(address.ToString()));
            }
        }

        for (int index = 0; index < nic.AllowedAddresses.Length; index++)
        {
            Cidr prefix = nic.AllowedAddresses[index];
            if (MemberAddresses.IsTooShort(prefix))
            {
                problems.Warn(
                    $"{path}.allowedAddresses[{index}]", "member.tooWide",
                    $"{prefix} is shorter than /8 (IPv6 /16): the NIC may send from it, but rules that name its groups as remote do not match it; write the prefixes that are really used.");
            }
            else if (MemberAddresses.IsNever(prefix))
            {
                problems.Warn($"{path}.allowedAddresses[{index}]", "member.special", NeverMember(prefix.Text));
            }
        }
    }

    private static string NeverMember(string text) =>
        $"{text} is link-local, multicast or loopback: rules that name the NIC's groups as remote do not match it; expect no group to stand for it.";
}
