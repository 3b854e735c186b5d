using System.Runtime.InteropServices;
using SecurityGroups.Packets;

namespace SecurityGroups.Cli.Replay;

/// <summary>
/// Finds the NICs that a captured packet concerns. The sender is the NIC with the frame's source MAC; a NIC whose MAC is not known, or a packet
/// without hardware addresses, goes by the source address instead. The receiver owns the destination address; of several, the one with the
/// destination MAC, else in the sender's network, else with the most specific prefix; what is left ambiguous is an error. Made anew for each policy.
/// </summary>
internal sealed class NicDirectory
{
    private const uint BroadcastIPv4 = 0xFFFF_FFFF;
    private const uint MulticastIPv4 = 0xE;
    private const ulong GroupBit = 0x0100_0000_0000;

    private readonly Dictionary<string, JudgedNic> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, List<JudgedNic>> _byMac = [];
    private readonly AddressOwners _owners = new();
    private readonly HashSet<uint> _directedBroadcasts = [];
    private readonly List<AddressOwner> _candidates = [];

    /// <summary>The NICs of the firewall's policy, or of them only those named.</summary>
    public NicDirectory(Firewall firewall, IReadOnlySet<string> only)
    {
        foreach (Nic nic in firewall.Policy.Nics.Values)
        {
            if (only.Count == 0 || only.Contains(nic.Id))
            {
                Add(new JudgedNic(nic, firewall[nic.Id]));
            }
        }
    }

    public IReadOnlyCollection<JudgedNic> All => _byId.Values;

    public JudgedNic? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The NIC that sent a packet; null when none did.</summary>
    /// <exception cref="ToolException">Several may have.</exception>
    public JudgedNic? FindSender(in ParsedPacket packet, bool hasMacs, long packetNumber)
    {
        _candidates.Clear();
        if (hasMacs && _byMac.TryGetValue(packet.SourceMac, out List<JudgedNic>? sameMac))
        {
            return sameMac is [var only] ? only : ChooseAmong(sameMac, packet, packetNumber);
        }

        FindOwners(packet, packet.Source);
        if (hasMacs)
        {
            _candidates.RemoveAll(owner => owner.Nic.Mac != 0);
        }

        return Choose(packet, packet.Source, "source", packetNumber);
    }

    /// <summary>The NIC that a packet for one receiver goes to; null when none is meant.</summary>
    /// <exception cref="ToolException">Several may be meant.</exception>
    public JudgedNic? FindReceiver(in ParsedPacket packet, bool hasMacs, JudgedNic? sender, long packetNumber)
    {
        _candidates.Clear();
        FindOwners(packet, packet.Destination);
        if (_candidates.Count == 0)
        {
            return hasMacs ? FindByMac(packet) : null;
        }

        if (hasMacs)
        {
            Narrow(owner => owner.Nic.Mac, packet.DestinationMac);
        }

        if (sender is not null)
        {
            Narrow(owner => owner.Nic.Nic.NetworkId, sender.Nic.NetworkId);
        }

        return Choose(packet, packet.Destination, "destination", packetNumber);
    }

    /// <summary>Whether a packet is for every NIC of a network: multicast, broadcast, or a group's hardware address where there is no IP.</summary>
    public bool IsForEveryone(in ParsedPacket packet, bool hasMacs) => packet.Kind switch
    {
        PacketKind.IPv4 => (uint)packet.Destination is var address
            && (address == BroadcastIPv4 || address >> 28 == MulticastIPv4 || _directedBroadcasts.Contains(address)),
        PacketKind.IPv6 => packet.Destination >> 120 == 0xFF,
        _ => hasMacs && (packet.DestinationMac & GroupBit) != 0,
    };

    private void Add(JudgedNic nic)
    {
        _byId.Add(nic.Id, nic);
        _owners.Add(nic);
        if (nic.Mac != 0)
        {
            ref List<JudgedNic>? sameMac = ref CollectionsMarshal.GetValueRefOrAddDefault(_byMac, nic.Mac, out _);
            (sameMac ??= []).Add(nic);
        }

        foreach (NicAddress address in nic.Nic.Addresses)
        {
            // A prefix of 31 or 32 bits has no broadcast address (RFC 3021).
            if (AddressBits.EthertypeOf(address.Address) == Ethertype.IPv4 && address.PrefixLength is { } prefixLength and < 31)
            {
                _directedBroadcasts.Add((uint)AddressBits.From(address.Address) | (uint)(0xFFFF_FFFFUL >> prefixLength));
            }
        }
    }

    private void FindOwners(in ParsedPacket packet, UInt128 address)
    {
        // 0 is the unspecified address, and what a parser leaves where it could not read one: nobody's.
        if (address != 0 && packet.Kind is PacketKind.IPv4 or PacketKind.IPv6 or PacketKind.Arp)
        {
            _owners.Find(packet.Kind == PacketKind.IPv6 ? Ethertype.IPv6 : Ethertype.IPv4, address, _candidates);
        }
    }

    /// <summary>By hardware address: frames without readable addresses, and NICs whose addresses the firewall does not look at.</summary>
    private JudgedNic? FindByMac(in ParsedPacket packet)
    {
        bool hasAddress = packet.Kind is PacketKind.IPv4 or PacketKind.IPv6 && packet.Destination != 0;
        return _byMac.TryGetValue(packet.DestinationMac, out List<JudgedNic>? sameMac) && sameMac is [var only] && (!hasAddress || only.IgnoresAddresses)
            ? only
            : null;
    }

    private JudgedNic? ChooseAmong(List<JudgedNic> sameMac, in ParsedPacket packet, long packetNumber)
    {
        FindOwners(packet, packet.Source);
        _candidates.RemoveAll(owner => !sameMac.Contains(owner.Nic));
        if (_candidates.Count == 0)
        {
            _candidates.AddRange(sameMac.Select(nic => new AddressOwner(nic, 0, IsByDefault: false)));
        }

        return Choose(packet, packet.Source, "source", packetNumber);
    }

    /// <summary>Keeps the candidates with a certain property, if there are any.</summary>
    private void Narrow<T>(Func<AddressOwner, T> property, T wanted)
    {
        EqualityComparer<T> comparer = EqualityComparer<T>.Default;
        if (_candidates.Count > 1 && _candidates.Exists(owner => comparer.Equals(property(owner), wanted)))
        {
            _candidates.RemoveAll(owner => !comparer.Equals(property(owner), wanted));
        }
    }

    private JudgedNic? Choose(in ParsedPacket packet, UInt128 address, string which, long packetNumber)
    {
        if (_candidates.Count == 0)
        {
            return null;
        }

        Narrow(owner => owner.PrefixLength, _candidates.Max(owner => owner.PrefixLength));
        AddressOwner first = _candidates[0];
        AddressOwner other = _candidates.Find(owner => owner.Nic != first.Nic);
        if (other.Nic is null)
        {
            return first.Nic;
        }

        // All of fe80::/10 belongs to every NIC that states neither a hardware nor a link-local address: that names nobody.
        return first.IsByDefault ? null : throw Ambiguous(packet, address, which, first.Nic, other.Nic, packetNumber);
    }

    private static ToolException Ambiguous(in ParsedPacket packet, UInt128 address, string which, JudgedNic first, JudgedNic other, long packetNumber)
    {
        string text = Output.AddressFormat.ToText(address, packet.Kind == PacketKind.IPv6);
        return new ToolException(
            $"Packet {packetNumber}: the {which} {text} may be NIC '{first.Id}' or '{other.Id}'; choose with --nic, --egress-nic or --ingress-nic, or give the NICs their MACs.");
    }
}
