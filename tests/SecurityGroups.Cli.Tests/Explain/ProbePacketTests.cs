using System.Net;
using SecurityGroups.Cli.Explain;
using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Explain;

public sealed class ProbePacketTests
{
    private static readonly ParserOptions s_options = new(VerifyChecksums: true, AllowPortZero: false, AllowSourceRoute: false);

    public static TheoryData<string, string> Protocols
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string remote in (string[])["203.0.113.7", "2001:db8::7"])
            {
                foreach (string protocol in (string[])["tcp", "udp", "udplite", "sctp", "dccp", "gre", "esp", "253"])
                {
                    data.Add(protocol, remote);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Packet_OfAnyProtocol_IsWellFormed(string protocol, string remote)
    {
        ParsedPacket packet = Parse(ProbeOf(protocol, remote));
        Assert.Equal(IpProtocol.Parse(protocol).Number, packet.Protocol);
        if (IpProtocol.Parse(protocol).HasPorts)
        {
            Assert.Equal((50_000, 443), (packet.SourcePort, packet.DestinationPort));
        }
    }

    [Fact]
    public void Packet_Directions_SwapTheEnds()
    {
        Probe ingress = ProbeOf("tcp", "203.0.113.7");
        ParsedPacket towards = Parse(ingress);
        ParsedPacket away = Parse(ingress with { Direction = Direction.Egress });
        Assert.Equal(ingress.Remote, towards.Source);
        Assert.Equal(ingress.Remote, away.Destination);
        Assert.Equal(towards.Destination, away.Source);
        Assert.Equal((50_000, 443), (away.SourcePort, away.DestinationPort));
    }

    [Fact]
    public void Packet_Tcp_IsASyn() => Assert.Equal(TcpFlags.Syn, Parse(ProbeOf("tcp", "203.0.113.7")).TcpFlags);

    [Theory]
    [InlineData("icmp", "203.0.113.7", 8)]
    [InlineData("ipv6-icmp", "2001:db8::7", 128)]
    public void Packet_Icmp_HasItsTypeAndCode(string protocol, string remote, int type)
    {
        ParsedPacket packet = Parse(ProbeOf(protocol, remote) with { IcmpType = (byte)type, IcmpCode = 3 });
        Assert.Equal((type, 3), (packet.IcmpType, packet.IcmpCode));
    }

    private static Probe ProbeOf(string protocol, string remote) => new()
    {
        Direction = Direction.Ingress,
        Ethertype = AddressBits.EthertypeOf(IPAddress.Parse(remote)),
        Protocol = IpProtocol.Parse(protocol),
        Remote = AddressBits.From(IPAddress.Parse(remote)),
        SourcePort = 50_000,
        DestinationPort = 443,
    };

    private static ParsedPacket Parse(Probe probe)
    {
        UInt128 local = AddressBits.From(IPAddress.Parse(probe.Ethertype == Ethertype.IPv4 ? "10.0.0.10" : "2001:db8::10"));
        Assert.Equal(Reason.NotEvaluated, PacketParser.Parse(ProbePacket.Build(probe, local), LinkType.RawIp, s_options, out ParsedPacket packet));
        return packet;
    }
}
