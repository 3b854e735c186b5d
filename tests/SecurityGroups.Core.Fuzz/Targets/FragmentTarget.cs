using System.Buffers.Binary;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// The choices of pieces of a few datagrams, overlapping, in any order and with any gap of time: whatever the host behind the firewall puts together of
/// those that passed, whether it keeps the octets that came first or those that came last, is a packet that the rules allow.
/// </summary>
internal sealed class FragmentTarget : FuzzTarget
{
    private const int MostPieces = 400;
    private const int OpenUdpPort = 53;
    private const int OpenTcpPort = 443;

    private static readonly Policy s_policy = Given.Web(
        SecurityGroupRule.Ingress(IpProtocol.Udp, OpenUdpPort, Remote.Any), SecurityGroupRule.Ingress(IpProtocol.Tcp, OpenTcpPort, Remote.Any));

    public override string Name => "fragments";

    public override int Weight => 5;

    public override void Run(byte[] input)
    {
        InputRandom random = new(input);
        ManualTimeProvider clock = new();
        bool isIPv4 = random.Next(2) == 0;
        using Firewall firewall = new(s_policy, Given.Options with { TimeProvider = clock, Fragments = Options(random) });
        FragmentReceiver[] hosts = [new FragmentReceiver(isIPv4, lastWins: false), new FragmentReceiver(isIPv4, lastWins: true)];
        List<(FragmentOfDatagram Piece, long Token)> held = [];
        for (int i = 0; i < MostPieces && !random.IsAtEnd; i++)
        {
            clock.Advance(random.Next(16) == 0 ? random.Next(40) : 0);
            FragmentOfDatagram piece = Piece(random);
            Decision decision = firewall[Given.W].Filter(Direction.Ingress, Packet(isIPv4 ? Ends.IPv4 : Ends.IPv6, piece));
            if (decision.Verdict == Verdict.Hold)
            {
                held.Add((piece, decision.HoldToken));
            }
            else if (decision.IsAllowed)
            {
                Deliver(hosts, piece);
            }

            AskAgain(firewall[Given.W], hosts, held);
        }
    }

    public override byte[] Next(Random random) => Choices(random, 1_000);

    private static FragmentOptions Options(InputRandom random) => new()
    {
        MaxDatagrams = random.Next(2) == 0 ? 2 : 64,
        CheckIPv4Overlaps = random.Next(2) == 0,
        HoldEarlyFragments = random.Next(2) == 0,
    };

    // Few identifications and short datagrams, so that pieces meet.
    private static FragmentOfDatagram Piece(InputRandom random)
    {
        byte protocol = random.Next(4) == 0 ? ProtocolNumbers.Udp : ProtocolNumbers.Tcp;
        byte[] datagram = Datagram(protocol, isOpen: random.Next(3) > 0);
        int offset = random.Next(3) == 0 ? 0 : 8 * random.Next(6);
        bool hasMore = random.Next(3) > 0;
        int octets = hasMore ? 8 * random.Next(1, 6) : random.Next(1, 40);
        return new FragmentOfDatagram((uint)random.Next(2), protocol, offset, hasMore, datagram[offset..(offset + octets)]);
    }

    private static byte[] Datagram(byte protocol, bool isOpen)
    {
        byte[] octets = new byte[100];
        int open = protocol == ProtocolNumbers.Udp ? OpenUdpPort : OpenTcpPort;
        BinaryPrimitives.WriteUInt16BigEndian(octets, 40_000);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), (ushort)(isOpen ? open : 7));
        if (protocol == ProtocolNumbers.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(4), 1_000);
        }
        else
        {
            (octets[12], octets[13]) = (5 << 4, (byte)TcpFlags.Syn);
        }

        return octets;
    }

    private static PacketBuilder Packet(Ends ends, FragmentOfDatagram piece) =>
        ends.In.Protocol(253, piece.Octets).ProtocolNumber(piece.Protocol).Fragment(piece.Offset, piece.HasMore, piece.Identification);

    private void AskAgain(NicFilter nic, FragmentReceiver[] hosts, List<(FragmentOfDatagram Piece, long Token)> held)
    {
        for (int i = held.Count - 1; i >= 0; i--)
        {
            Decision decision = nic.AskAgain(Direction.Ingress, held[i].Token);
            if (decision.Verdict == Verdict.Hold)
            {
                continue;
            }

            if (decision.IsAllowed)
            {
                Deliver(hosts, held[i].Piece);
            }

            held.RemoveAt(i);
        }
    }

    private void Deliver(FragmentReceiver[] hosts, FragmentOfDatagram piece)
    {
        foreach (FragmentReceiver host in hosts)
        {
            if (host.Take(piece) is { } whole)
            {
                Require(IsOpen(whole.Protocol, whole.Octets), $"a host put together {whole.Protocol}: {Convert.ToHexString(whole.Octets)}");
                Reached++;
            }
        }
    }

    private static bool IsOpen(byte protocol, byte[] octets) => octets.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(2)) switch
    {
        OpenUdpPort => protocol == ProtocolNumbers.Udp,
        OpenTcpPort => protocol == ProtocolNumbers.Tcp,
        _ => false,
    };
}
