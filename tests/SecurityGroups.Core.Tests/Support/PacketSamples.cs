using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

/// <summary>Good packets of every kind, and what an attacker or a bad link makes of them; for properties and fuzzing.</summary>
internal static class PacketSamples
{
    private static readonly byte[] s_synOptions = [2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];
    private static readonly byte[] s_timestamp = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
    private static readonly byte[] s_sack = [1, 1, 5, 18, 0, 0, 0, 20, 0, 0, 0, 40, 0, 0, 0, 50, 0, 0, 0, 60];

    /// <summary>One raw IP packet per name.</summary>
    public static IReadOnlyDictionary<string, PacketBuilder> RawIp { get; } = Build();

    /// <summary>The next packet of a random walk: a sample with or without link header, often with octets, ends or padding changed.</summary>
    public static byte[] Next(Random random, LinkType linkType)
    {
        PacketBuilder sample = RawIp.Values.ElementAt(random.Next(RawIp.Count));
        if (linkType == LinkType.Ethernet)
        {
            sample = random.Next(8) == 0 ? PacketBuilder.ArpRequest("02:00:00:00:00:01", "10.0.0.5", "10.0.0.1") : sample.Ethernet();
            for (int tags = random.Next(-3, 4); tags > 0; tags--)
            {
                sample = sample.Vlan(random.Next(3), random.Next(3) switch { 0 => 0x8100, 1 => 0x88A8, _ => 0x9100 });
            }
        }

        return Mutate(sample, random);
    }

    private static byte[] Mutate(byte[] packet, Random random)
    {
        for (int changes = random.Next(-1, 4); changes > 0 && packet.Length > 0; changes--)
        {
            int at = random.Next(Math.Min(packet.Length, random.Next(2) == 0 ? 80 : int.MaxValue));
            packet[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(packet[at] ^ (1 << random.Next(8))),
                _ => (byte)random.Next(6),
            };
        }

        return random.Next(6) switch
        {
            0 => packet[..random.Next(packet.Length + 1)],
            1 => [.. packet, .. new byte[random.Next(40)]],
            _ => packet,
        };
    }

    private static Dictionary<string, PacketBuilder> Build()
    {
        Dictionary<string, PacketBuilder> samples = [];
        AddFamily(samples, "4", PacketBuilder.Ip("10.0.0.5", "203.0.113.7"));
        AddFamily(samples, "6", PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7"));
        AddExtensions(samples, PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7"));
        PacketBuilder ip = PacketBuilder.Ip("10.0.0.5", "203.0.113.7");
        samples["options4"] = ip.IPv4Options(7, 7, 4, 0, 0, 0, 0, 1, 148, 4, 0, 0).Udp(4000, 53);
        samples["sourceRoute4"] = ip.IPv4Options(131, 7, 4, 10, 0, 0, 1).Udp(4000, 53);
        samples["igmp"] = PacketBuilder.Igmp("10.0.0.5");
        samples["dhcp"] = PacketBuilder.DhcpRequest();
        samples["timestamp4"] = ip.Icmp(13, 0, 0x00070001).PayloadOfLength(12);
        samples["land4"] = PacketBuilder.Ip("10.0.0.5", "10.0.0.5").Udp(7, 7);
        return samples;
    }

    private static void AddFamily(Dictionary<string, PacketBuilder> samples, string family, PacketBuilder ip)
    {
        samples["syn" + family] = ip.Tcp(40000, 443, TcpFlags.Syn, options: s_synOptions);
        samples["synAck" + family] = ip.Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack, 1, 2, options: s_synOptions);
        samples["data" + family] = ip.Tcp(40000, 443, TcpFlags.Ack | TcpFlags.Psh, 1, 2, options: s_timestamp).PayloadOfLength(50);
        samples["sack" + family] = ip.Tcp(40000, 443, TcpFlags.Ack, 1, 30, options: s_sack);
        samples["rst" + family] = ip.Tcp(40000, 443, TcpFlags.Rst, 1);
        samples["udp" + family] = ip.Udp(4000, 53).PayloadOfLength(31);
        samples["udpEmpty" + family] = ip.Udp(4000, 53);
        samples["udpLite" + family] = ip.UdpLite(4000, 53).PayloadOfLength(9);
        samples["sctp" + family] = ip.Sctp(4000, 5000);
        samples["dccp" + family] = ip.Dccp(4000, 5000);
        samples["echo" + family] = ip.EchoRequest().PayloadOfLength(20);
        samples["reply" + family] = ip.EchoReply().PayloadOfLength(21);
        samples["unreachable" + family] = ip.PortUnreachable(ip.Udp(4000, 53).PayloadOfLength(8));
        samples["tooBig" + family] = ip.PacketTooBig(ip.Tcp(40000, 443, TcpFlags.Ack), 1400);
        samples["other" + family] = ip.Protocol(253, 1, 2, 3);
        samples["first" + family] = ip.Tcp(40000, 443, TcpFlags.Ack, options: s_timestamp).PayloadOfLength(16).Fragment(0, true, 77);
        samples["firstUdp" + family] = ip.Udp(4000, 53).UdpLength(900).PayloadOfLength(32).Fragment(0, true, 77);
        samples["middle" + family] = ip.Udp(4000, 53).PayloadOfLength(16).Fragment(16, true, 77);
        samples["last" + family] = ip.Tcp(40000, 443).PayloadOfLength(5).Fragment(24, false, 77);
        samples["tiny" + family] = ip.Tcp(40000, 443).PayloadOfLength(8).Fragment(8, false, 77);
        samples["pingOfDeath" + family] = ip.Icmp(8).PayloadOfLength(40).Fragment(65504, false, 77);
    }

    private static void AddExtensions(Dictionary<string, PacketBuilder> samples, PacketBuilder ip)
    {
        samples["hopByHop"] = ip.HopByHop(5, 2, 0, 0).DestinationOptions().Tcp(40000, 22, TcpFlags.Syn, options: s_synOptions);
        samples["atomic"] = ip.Fragment(0, false, 9).Udp(4000, 53);
        samples["authentication"] = ip.Authentication().Tcp(40000, 22);
        samples["routing2"] = ip.Routing(2, 1).Udp(4000, 53);
        samples["routing0"] = ip.Routing(0).Udp(4000, 53);
        samples["mobility"] = ip.Extension(135, 0, 0, 0, 0, 0, 0, 0, 0).ProtocolNumber(59).Protocol(59);
        samples["esp"] = ip.DestinationOptions().Protocol(50, 1, 2, 3, 4);
        samples["noNextHeader"] = ip.Protocol(59);
        samples["chain"] = ip.HopByHop().Routing(4).Fragment(0, true).Authentication().DestinationOptions().Extension(139, new byte[8])
            .Udp(4000, 53).UdpLength(80).PayloadOfLength(8);
        samples["eightHeaders"] = Enumerable.Range(0, 8).Aggregate(ip, (chain, _) => chain.DestinationOptions()).Udp(4000, 53);
        samples["nineHeaders"] = Enumerable.Range(0, 9).Aggregate(ip, (chain, _) => chain.DestinationOptions()).Udp(4000, 53);
        samples["longHeaders"] = ip.DestinationOptions([1, 126, .. new byte[126]]).DestinationOptions([1, 110, .. new byte[110]]).Udp(4000, 53);
        samples["tooLongHeaders"] = ip.DestinationOptions([1, 126, .. new byte[126]]).DestinationOptions([1, 126, .. new byte[126]]).Udp(4000, 53);
        samples["solicitation"] = PacketBuilder.NeighborSolicitation("fe80::5", "2001:db8::7");
        samples["advertisement"] = PacketBuilder.NeighborAdvertisement("fe80::5", "fe80::5");
        samples["routerSolicitation"] = PacketBuilder.RouterSolicitation("fe80::5");
        samples["routerAdvertisement"] = PacketBuilder.RouterAdvertisement("fe80::1");
        samples["redirect"] = PacketBuilder.Redirect("fe80::1", "2001:db8::5");
        samples["listener"] = PacketBuilder.MulticastListener(143, "fe80::5");
        samples["quoteWithExtensions"] = ip.PortUnreachable(ip.HopByHop().DestinationOptions().Udp(4000, 53).PayloadOfLength(4));
    }
}
