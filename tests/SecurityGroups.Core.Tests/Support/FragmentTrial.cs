using System.Buffers.Binary;
using System.Net;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// Fragments against full reassembly, for a fuzzer or for random octets: whatever hosts (<see cref="FragmentReceiver"/>) put together from the pieces that were allowed,
/// its header is one that the rules were asked about and allowed, and the whole datagram is none that the rules deny.
/// </summary>
/// <remarks>
/// The first octet of an input chooses family and options; every five that follow are a piece: what it is, offset, length, and ports. Later
/// fragments are full of port 23, which no rule allows: wherever one came to lie over a header, it shows.
/// </remarks>
internal sealed class FragmentTrial
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte DestinationOptions = 60;
    private const int PieceOctets = 5;

    private static readonly int[] s_strangePorts = [22, 53, 23, 80];
    private static readonly (byte Protocol, int Port)[] s_allowed = [(Udp, 53), (Tcp, 22)];

    private readonly bool _ipv6;
    private readonly bool _stateful;
    private readonly FirewallOptions _options;
    private readonly FragmentReceiver[] _hosts;
    private readonly HashSet<string> _allowedHeaders = [];
    private readonly List<(FragmentOfDatagram Piece, long Token)> _held = [];
    private TimeSpan _now = TimeSpan.FromDays(1);

    private FragmentTrial(byte options)
    {
        _ipv6 = (options & 1) != 0;
        _stateful = (options & 8) == 0;
        _hosts = [new FragmentReceiver(!_ipv6, lastWins: false), new FragmentReceiver(!_ipv6, lastWins: true)];
        _options = new FirewallOptions
        {
            LinkType = LinkType.RawIp,
            CallerTimestamps = true,
            ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 64, WindowCheck = WindowCheck.Off },
            Fragments = new FragmentOptions { MaxDatagrams = 8, CheckIPv4Overlaps = (options & 2) != 0, HoldEarlyFragments = (options & 4) != 0 },
        };
    }

    /// <summary>Datagrams that a receiver put together.</summary>
    public int Reassembled { get; private set; }

    /// <summary>Tries one input.</summary>
    /// <returns>How many datagrams were put together: none after many inputs would mean that nothing was tried.</returns>
    /// <exception cref="InvalidOperationException">What must hold does not.</exception>
    public static int Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        FragmentTrial target = new(input[0]);
        using Firewall firewall = target.NewFirewall();
        for (int i = 1; i + PieceOctets <= input.Length; i += PieceOctets)
        {
            target.Step(firewall["eth0"], input.Slice(i, PieceOctets));
        }

        return target.Reassembled;
    }

    private PacketBuilder Base => _ipv6 ? PacketBuilder.Ip("2001:db8:1::7", "2001:db8::5") : PacketBuilder.Ip("203.0.113.7", "10.0.0.5");

    // As protocol 253 the builder leaves the octets alone.
    private static byte[] Packet(byte protocol, byte[] data, PacketBuilder ip) => ip.Protocol(253, data).ProtocolNumber(protocol);

    private Firewall NewFirewall()
    {
        SecurityGroup group = s_allowed.Aggregate(
            SecurityGroup.CreateEmpty("web").WithStateful(_stateful),
            (rules, allowed) => rules.WithRule(SecurityGroupRule.Ingress(IpProtocol.FromNumber(allowed.Protocol), allowed.Port, Remote.Any)));
        Nic nic = new("eth0") { Addresses = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("2001:db8::5")], SecurityGroups = ["web"] };
        return new Firewall(Policy.Create([group], [nic]), _options);
    }

    private void Step(NicFilter nic, ReadOnlySpan<byte> octets)
    {
        _now += (octets[0] & 0xE0) == 0xE0 ? TimeSpan.FromSeconds(25) : TimeSpan.FromMilliseconds(1);
        FragmentOfDatagram piece = Read(octets);
        byte[] packet = Base.Piece(piece.Protocol, piece.Identification, piece.Offset, piece.HasMore, piece.Octets);
        Decision decision = nic.Filter(Direction.Ingress, packet, _now);
        if (decision.Verdict == Verdict.Hold)
        {
            _held.Add((piece, decision.HoldToken));
        }
        else if (decision.IsAllowed)
        {
            Deliver(piece);
        }

        AskAgain(nic);
    }

    private void AskAgain(NicFilter nic)
    {
        foreach ((FragmentOfDatagram Piece, long Token) held in _held.ToArray())
        {
            Decision answer = nic.AskAgain(Direction.Ingress, held.Token, _now);
            if (answer.Verdict != Verdict.Hold)
            {
                _held.Remove(held);
            }

            if (answer.IsAllowed)
            {
                Deliver(held.Piece);
            }
        }
    }

    private FragmentOfDatagram Read(ReadOnlySpan<byte> octets)
    {
        uint identification = (octets[0] & 0x11) == 0x11 ? 1u : 0;
        bool more = (octets[0] & 2) != 0;
        byte protocol = (octets[0] & 4) != 0 ? Tcp : Udp;
        bool hasHeaderBehind = _ipv6 && (octets[0] & 8) != 0;
        int offset = octets[1] % 3 == 0 ? 0 : octets[1] % 7 * 8;
        int length = (2 + (octets[2] % 5)) * 8;
        byte[] data = offset == 0 ? First(protocol, hasHeaderBehind, octets[3], octets[4], length) : [.. Enumerable.Range(0, length).Select(i => (byte)(i % 2 == 0 ? 0 : 23))];
        data = more ? data : data[..^(octets[2] / 5 % 8)];
        byte stated = hasHeaderBehind ? DestinationOptions : protocol;
        return new FragmentOfDatagram(identification, stated, offset, more || offset == 0, data);
    }

    /// <summary>Headers, mostly with the port that rules allow, and the beginning of the payload, cut or filled to a length.</summary>
    private static byte[] First(byte protocol, bool hasHeaderBehind, byte ports, byte header, int length)
    {
        byte[] options = hasHeaderBehind ? [protocol, 0, 1, 4, 0, 0, 0, 0] : [];
        byte[] transport = protocol == Tcp ? new byte[(5 + (header % 3)) * 4] : new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(transport, (ushort)(40_000 + (ports >> 7)));
        BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(2), (ushort)(ports % 4 == 0 ? s_strangePorts[ports / 4 % 4] : protocol == Tcp ? 22 : 53));
        if (protocol == Tcp)
        {
            transport[12] = (byte)(transport.Length / 4 << 4);
            transport[13] = 2;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport.AsSpan(4), (ushort)(8 + (header * 8)));
        }

        byte[] all = [.. options, .. transport, .. new byte[128]];
        return all[..length];
    }

    private void Deliver(FragmentOfDatagram piece)
    {
        if (piece.Offset == 0)
        {
            (byte protocol, byte[] header) = HeaderOf(piece.Protocol, piece.Octets);
            Require(s_allowed.Contains((protocol, PortOf(header))), "a first fragment passed that no rule allows", piece);
            _allowedHeaders.Add($"{protocol} {Convert.ToHexString(header)}");
        }

        foreach (FragmentReceiver host in _hosts)
        {
            if (host.Take(piece) is { } whole)
            {
                CheckWhole(whole.Protocol, whole.Octets, piece);
            }
        }
    }

    private void CheckWhole(byte stated, byte[] octets, FragmentOfDatagram last)
    {
        Reassembled++;
        (byte protocol, byte[] header) = HeaderOf(stated, octets);
        Require(_allowedHeaders.Contains($"{protocol} {Convert.ToHexString(header)}"), $"a receiver sees {protocol} {Convert.ToHexString(header)}", last);

        // A UDP length that lies shows only in the whole; that is the receiver's to drop.
        using Firewall firewall = NewFirewall();
        Decision decision = firewall["eth0"].Filter(Direction.Ingress, Packet(stated, octets, Base), _now);
        Require(decision.Reason is Reason.MatchedRule or Reason.Malformed, $"the whole gets {decision}", last);
    }

    private static (byte Protocol, byte[] Header) HeaderOf(byte stated, byte[] octets)
    {
        (byte protocol, byte[] transport) = stated == DestinationOptions ? (octets[0], octets[8..]) : (stated, octets);
        int length = protocol == Tcp ? (transport[12] >> 4) * 4 : 8;
        return (protocol, transport[..Math.Min(length, transport.Length)]);
    }

    private static int PortOf(byte[] header) => BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2));

    private static void Require(bool condition, string message, FragmentOfDatagram piece)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{message}, after {piece}: {Convert.ToHexString(piece.Octets)}");
        }
    }
}
