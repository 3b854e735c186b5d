using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>One conversation while a scenario runs: both ends' sequence numbers and last packets, and the packet each step sends.</summary>
internal sealed class Actor(Conversation conversation)
{
    private readonly End _initiator = new(1_000);
    private readonly End _responder = new(5_000);

    public Conversation Conversation { get; } = conversation;

    public Direction DirectionOf(Step.Say say) =>
        say.FromInitiator ? Conversation.Initiator : Conversation.Initiator == Direction.Egress ? Direction.Ingress : Direction.Egress;

    /// <summary>The packet of a step, without link header; null when there is nothing to say (an error before any packet).</summary>
    public PacketBuilder? Packet(Step.Say say, Dice dice)
    {
        (End mine, End theirs) = say.FromInitiator ? (_initiator, _responder) : (_responder, _initiator);
        if (say.Talk is Talk.Error or Talk.RouterError)
        {
            return theirs.LastPacket is { } quoted ? Error(say, quoted, dice) : null;
        }

        if (say.Talk == Talk.Repeat && mine.LastBuilder is { } last)
        {
            return last;
        }

        PacketBuilder packet = say.Talk switch
        {
            Talk.FirstFragment => FirstFragment(say, mine, theirs, dice),
            Talk.LaterFragment => LaterFragment(say, dice.Pick(8, 16, 24, 32, 40, 48, 64, 96, 200), dice.Pick(8, 16, 24), dice.Chance(60), mine, dice),
            Talk.NextFragment => LaterFragment(say, mine.FragmentEnd, dice.Pick(8, 16), true, mine, dice),
            Talk.LastFragment => LaterFragment(say, mine.FragmentEnd, dice.Pick(3, 8), false, mine, dice),
            _ => Conversation.Protocol == 6 ? Segment(say, mine, theirs, dice) : Datagram(say, Base(say)),
        };
        packet = Flawed(packet, say, dice);
        mine.LastBuilder = packet;
        mine.LastPacket = packet.Build();
        return packet;
    }

    private PacketBuilder Base(Step.Say say)
    {
        (string source, string destination) =
            DirectionOf(say) == Direction.Egress ? (Conversation.Local, Conversation.Remote) : (Conversation.Remote, Conversation.Local);
        return PacketBuilder.Ip(source, destination);
    }

    private (int Source, int Destination) Ports(Step.Say say) => DirectionOf(say) == Direction.Egress
        ? (Conversation.LocalPort, Conversation.RemotePort)
        : (Conversation.RemotePort, Conversation.LocalPort);

    private PacketBuilder Datagram(Step.Say say, PacketBuilder packet)
    {
        (int source, int destination) = Ports(say);
        return Conversation.Protocol switch
        {
            6 => packet.Tcp(source, destination, TcpFlags.Ack, 1, 1),
            17 => packet.Udp(source, destination),
            136 => packet.UdpLite(source, destination),
            132 => packet.Sctp(source, destination),
            33 => packet.Dccp(source, destination),
            1 or 58 => Query(say, packet),
            _ => packet.Protocol((byte)Conversation.Protocol, 1, 2, 3, 4, 5, 6, 7, 8),
        };
    }

    private PacketBuilder FirstFragment(Step.Say say, End mine, End theirs, Dice dice)
    {
        uint identification = Identification(dice);
        bool hasHeaderBehind = dice.Chance(10) && Conversation.Local.Contains(':', StringComparison.Ordinal);
        int octets = dice.Pick(24, 24, 40);
        PacketBuilder packet = Conversation.Protocol == 6 ? Segment(say, mine, theirs, dice).PayloadOfLength(octets + 4)
            : Datagram(say, Base(say)).PayloadOfLength(octets + (Conversation.Protocol is 132 or 33 ? 4 : 0));
        packet = Conversation.Protocol == 17 ? packet.UdpLength(60) : packet;
        mine.FragmentEnd = octets + (Conversation.Protocol is 6 ? 24 : 8) + (hasHeaderBehind ? 8 : 0);
        packet = packet.Fragment(0, true, identification);
        return hasHeaderBehind ? packet.DestinationOptions() : packet;
    }

    private PacketBuilder LaterFragment(Step.Say say, int offset, int octets, bool more, End mine, Dice dice)
    {
        mine.FragmentEnd = offset + octets + (8 - (octets % 8)) % 8;
        return Datagram(say, Base(say)).PayloadOfLength(octets).Fragment(offset, more, Identification(dice));
    }

    // Few, so that datagrams meet.
    private static uint Identification(Dice dice) => dice.Weighted((85, 7u), (10, 8u), (5, 9u));

    private PacketBuilder Query(Step.Say say, PacketBuilder packet)
    {
        ushort identifier = (ushort)Conversation.LocalPort;
        bool isTimestamp = Conversation is { RemotePort: 53, Protocol: 1 };
        return (say.FromInitiator, isTimestamp) switch
        {
            (true, false) => packet.EchoRequest(identifier),
            (false, false) => packet.EchoReply(identifier),
            (true, true) => packet.Icmp(13, 0, (uint)identifier << 16).PayloadOfLength(12),
            (false, true) => packet.Icmp(14, 0, (uint)identifier << 16).PayloadOfLength(12),
        };
    }

    private PacketBuilder Segment(Step.Say say, End mine, End theirs, Dice dice)
    {
        uint sequence = mine.Next;
        uint acknowledgment = theirs.Next;
        int window = 10_000;
        int payload = 0;
        byte[] options = [];
        TcpFlags flags = TcpFlags.Ack;
        switch (say.Talk)
        {
            case Talk.Syn:
            case Talk.SynAck:
                sequence = mine.Begin(renew: say.Talk == Talk.Syn && dice.Chance(60));
                flags = say.Talk == Talk.Syn ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack;
                options = SynOptions(dice);
                payload = dice.Chance(5) ? 200 : 0;
                break;
            case Talk.Data:
            case Talk.Datagram:
                payload = dice.Pick(1, 100, 1_000, 1_400);
                break;
            case Talk.Fin:
                flags |= TcpFlags.Fin;
                break;
            case Talk.Reset:
                flags = dice.Pick(TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Rst | TcpFlags.Ack);
                sequence = mine.HasBegun ? sequence : 0;
                break;
            case Talk.WildReset:
                flags = dice.Pick(TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack);
                sequence += dice.Pick(1u, 500u, 9_000u, 100_000u, uint.MaxValue, 1u << 31);
                break;
            case Talk.ClosedWindow:
                window = 0;
                break;
            case Talk.KeepAlive:
                sequence--;
                payload = dice.Below(2);
                break;
            case Talk.Sack:
                options = [1, 1, 5, 10, .. BigEndian(acknowledgment + 100), .. BigEndian(acknowledgment + dice.Pick(200u, 300u, 90_000u))];
                acknowledgment -= dice.Pick(0u, 500u);
                break;
        }

        window = dice.Chance(8) ? dice.Pick(1, 100, 65_535) : window;
        bool sends = say.Talk is Talk.Data or Talk.Datagram or Talk.Fin or Talk.Syn or Talk.SynAck;
        mine.Next = sends ? sequence + (uint)payload + (uint)((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1 : 0) : mine.Next;
        if (say.Flaw == Flaw.SequenceOff)
        {
            sequence += dice.Pick(1u, 5_000u, 10_001u, 30_000u, 70_000u, uint.MaxValue, unchecked((uint)-5_000), unchecked((uint)-70_000), 1u << 31);
        }
        else if (say.Flaw == Flaw.AcknowledgmentOff)
        {
            acknowledgment += dice.Pick(1u, 5_000u, 70_000u, uint.MaxValue, unchecked((uint)-5_000), unchecked((uint)-70_000), 1u << 31);
        }
        else if (say.Flaw == Flaw.OtherFlags)
        {
            flags = (TcpFlags)dice.Below(256);
        }

        (int source, int destination) = Ports(say);
        bool carriesAck = (flags & TcpFlags.Ack) != 0 || dice.Chance(30);
        return Base(say).Tcp(source, destination, flags, sequence, carriesAck ? acknowledgment : 0, window, options).PayloadOfLength(payload);
    }

    private static byte[] SynOptions(Dice dice) =>
        dice.Weighted<byte[]>((50, []), (25, [4, 2, 1, 3, 3, 7]), (10, [3, 3, 2]), (5, [3, 3, 200]), (5, [4, 2]), (5, [9, 0]));

    private PacketBuilder Error(Step.Say say, byte[] quoted, Dice dice)
    {
        PacketBuilder packet = Base(say);
        if (say.Talk == Talk.RouterError && DirectionOf(say) == Direction.Ingress)
        {
            packet = packet.Between(Conversation.Local.Contains(':', StringComparison.Ordinal) ? "2001:db8:bad::1" : "198.51.100.99", Conversation.Local);
        }

        byte[] quote = dice.Weighted((60, quoted), (30, quoted[..Math.Min(quoted.Length, quoted[0] >> 4 == 4 ? 28 : 48)]), (10, quoted[..dice.Below(quoted.Length)]));
        (int type, int code, uint rest) = Conversation.Local.Contains(':', StringComparison.Ordinal)
            ? dice.Weighted((50, (1, 4, 0u)), (15, (2, 0, 1_280u)), (5, (2, 0, 1_279u)), (15, (3, 0, 0u)), (15, (4, 0, 0u)))
            : dice.Weighted((50, (3, 3, 0u)), (15, (3, 4, 1_400u)), (5, (3, 4, 0u)), (5, (3, 4, 67u)), (10, (11, 0, 0u)), (5, (12, 0, 0u)), (5, (4, 0, 0u)), (5, (5, 0, 0u)));
        return Flawed(packet.IcmpError(type, code, quote, rest), say, dice);
    }

    private PacketBuilder Flawed(PacketBuilder packet, Step.Say say, Dice dice)
    {
        bool ipv6 = Conversation.Local.Contains(':', StringComparison.Ordinal);
        (int source, int destination) = Ports(say);
        return say.Flaw switch
        {
            Flaw.OtherPort when Conversation.Protocol == 17 => packet.Udp(dice.Pick(source, 0, 1), dice.Pick(destination, 0, 1)),
            Flaw.OtherAddress => dice.Chance(50)
                ? packet.Between(dice.PickFrom(ipv6 ? Universe.OutsideIPv6 : Universe.OutsideIPv4), ipv6 ? Conversation.Local : Conversation.Remote)
                : packet.Between(Strange(ipv6, dice), dice.Chance(50) ? Conversation.Local : Strange(ipv6, dice)),
            Flaw.Extensions when ipv6 => Extended(packet, dice),
            Flaw.Options when !ipv6 => packet.IPv4Options(dice.Pick<byte[]>([1, 1], [148, 4, 0, 0], [131, 3, 4], [68, 0], [7, 200], [0, 9])),
            Flaw.HopLimit => packet.HopLimit(dice.Pick(1, 255, 0)),
            _ => packet,
        };
    }

    private static PacketBuilder Extended(PacketBuilder packet, Dice dice) => dice.Below(6) switch
    {
        0 => packet.HopByHop(),
        1 => packet.HopByHop().DestinationOptions(),
        2 => packet.DestinationOptions().HopByHop(),
        3 => packet.Routing(dice.Pick<byte>(0, 2, 3, 4), (byte)dice.Below(2)).Authentication(),
        4 => packet.Fragment(0, false),
        _ => Enumerable.Range(0, 7 + dice.Below(4)).Aggregate(packet, (longer, _) => longer.DestinationOptions()),
    };

    private static string Strange(bool ipv6, Dice dice) => ipv6
        ? dice.Pick("::", "::1", "ff02::1", "::ffff:10.0.0.4", "2001:db8::4", "fe80::1")
        : dice.Pick("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "10.0.0.255", "240.0.0.1", "10.0.0.4", "0.0.0.7");

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private sealed class End(uint first)
    {
        private uint _first = first;

        public uint Next { get; set; } = first;

        /// <summary>Where the next fragment begins.</summary>
        public int FragmentEnd { get; set; } = 32;

        public bool HasBegun => Next != _first;

        public byte[]? LastPacket { get; set; }

        public PacketBuilder? LastBuilder { get; set; }

        /// <summary>The first sequence number: again, or of a new connection.</summary>
        public uint Begin(bool renew)
        {
            if (renew && HasBegun && Next != _first + 1)
            {
                _first = Next + 100_000;
            }

            return _first;
        }
    }
}
