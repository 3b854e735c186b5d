namespace SecurityGroups.Tests.Properties;

/// <summary>Two ends that talk past a NIC.</summary>
internal sealed record Conversation(
    string NicId, Direction Initiator, string Local, string Remote, int Protocol, int LocalPort, int RemotePort, int? VlanId)
{
    public static Conversation Random(Policy policy, Dice dice)
    {
        string nicId = dice.Chance(75) ? "n0" : dice.PickFrom([.. policy.Nics.Keys]);
        bool ipv6 = dice.Chance(40);
        Direction initiator = dice.Pick(Direction.Ingress, Direction.Egress);
        int protocol = dice.Weighted((55, 6), (20, 17), (12, ipv6 ? 58 : 1), (3, 136), (2, 132), (2, 33), (2, 47), (2, 50), (1, 59), (1, 253));
        int service = dice.PickFrom(Universe.ServicePorts);
        int client = dice.PickFrom(Universe.ClientPorts);
        (int local, int remote) = initiator == Direction.Egress ? (client, service) : (service, client);
        return new Conversation(
            nicId, initiator, LocalOf(policy.Nics[nicId], ipv6, dice), RemoteOf(nicId, ipv6, dice), protocol, local, remote, dice.Chance(4) ? 100 : null);
    }

    private static string LocalOf(Nic nic, bool ipv6, Dice dice)
    {
        NicAddress? own = nic.Addresses.FirstOrDefault(address => AddressBits.EthertypeOf(address.Address) == (ipv6 ? Ethertype.IPv6 : Ethertype.IPv4));
        return dice.Weighted(
            (92, own?.Address.ToString() ?? Universe.AddressOf(nic.Id, ipv6, 0)),
            (2, Universe.AddressOf(nic.Id, ipv6, 1)),
            (4, ipv6 ? "2001:db8:9::1" : "10.0.9.5"),
            (1, ipv6 ? "fe80::1" : "10.0.0.99"),
            (1, ipv6 ? "2001:db8::99" : "203.0.113.2"));
    }

    private static string RemoteOf(string nicId, bool ipv6, Dice dice)
    {
        string other = dice.PickFrom([.. Universe.NicIds.Where(id => id != nicId)]);
        return dice.Weighted(
            (55, dice.PickFrom(ipv6 ? Universe.OutsideIPv6 : Universe.OutsideIPv4)),
            (35, Universe.AddressOf(other, ipv6, 0)),
            (5, Universe.AddressOf(other, ipv6, 1)),
            (3, ipv6 ? "2001:db8:9::1" : "10.0.9.5"),
            (2, ipv6 ? "ff02::fb" : "10.0.0.255"));
    }
}
