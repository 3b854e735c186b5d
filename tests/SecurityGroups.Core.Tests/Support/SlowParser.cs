using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// The parser once more, written to be read: one octet at a time, every field computed from the octets where it is needed, bad form is
/// an exception. Shares with the real one only the types of its result.
/// </summary>
internal sealed class SlowParser
{
    private readonly byte[] _bytes;
    private readonly ParserOptions _options;

    // Octets on the wire; what lies behind the captured ones cannot be read.
    private readonly int _wireOctets;

    private ParsedPacket _packet;

    private SlowParser(byte[] bytes, int originalLength, ParserOptions options)
    {
        _bytes = bytes;
        _wireOctets = Math.Max(originalLength, bytes.Length);
        _options = options;
    }

    private bool IsFirstFragment => _packet.Has(PacketTraits.Fragment) && !_packet.Has(PacketTraits.LaterFragment);

    private bool IsIPv6 => _packet.Kind == PacketKind.IPv6;

    public static (Reason Reason, ParsedPacket Packet) Parse(byte[] bytes, int originalLength, LinkType linkType, ParserOptions options)
    {
        SlowParser parser = new(bytes, originalLength, options);
        try
        {
            parser.Link(linkType);
            return (Reason.NotEvaluated, parser._packet);
        }
        catch (BadForm bad)
        {
            return (bad.Reason, parser._packet);
        }
    }

    private void Link(LinkType linkType)
    {
        if (linkType == LinkType.RawIp)
        {
            Need(0, _wireOctets, 1);
            Require(_bytes[0] >> 4 is 4 or 6);
            _packet.EtherType = _bytes[0] >> 4 == 4 ? (ushort)0x0800 : (ushort)0x86DD;
            Network(0);
            return;
        }

        Need(0, _wireOctets, 14);
        _packet.DestinationMac = (ulong)Number(0, 6);
        _packet.SourceMac = (ulong)Number(6, 6);
        List<uint> vlanIds = [];
        int offset = 12;
        for (int tags = 0; Number(offset, 2) == 0x8100 || Number(offset, 2) == 0x88A8 || Number(offset, 2) == 0x9100; tags++)
        {
            Require(tags < 2);
            Need(0, _wireOctets, offset + 6);
            vlanIds.Add((uint)Number(offset + 2, 2) % 4096);
            offset += 4;
        }

        _packet.VlanIds = vlanIds.Where(id => id != 0).Aggregate(0u, (ids, id) => (ids * 4096) + id);
        _packet.EtherType = (ushort)Number(offset, 2);
        Network(offset + 2);
    }

    private void Network(int start)
    {
        _packet.NetworkOffset = start;
        switch (_packet.EtherType)
        {
            case 0x0800:
                _packet.Kind = PacketKind.IPv4;
                IPv4(start);
                break;
            case 0x86DD:
                _packet.Kind = PacketKind.IPv6;
                IPv6(start);
                break;
            case 0x0806:
                _packet.Kind = PacketKind.Arp;
                Arp(start);
                break;
            default:
                _packet.Kind = PacketKind.Other;
                break;
        }
    }

    private void Arp(int start)
    {
        Need(start, _wireOctets, 28);
        Require(Number(start, 6) == 0x0001_0800_06_04);
        _packet.ArpOperation = (ushort)Number(start + 6, 2);
        _packet.ArpSenderMac = (ulong)Number(start + 8, 6);
        _packet.Source = Number(start + 14, 4);
        _packet.Destination = Number(start + 24, 4);
    }

    private void IPv4(int start)
    {
        Need(start, _wireOctets, 20);
        int headerOctets = _bytes[start] % 16 * 4;
        int total = (int)Number(start + 2, 2);
        total = total == 0 && _options.SegmentationOffload ? _wireOctets - start : total;
        Require(_bytes[start] / 16 == 4 && headerOctets >= 20 && total >= headerOctets && start + total <= _wireOctets);
        _packet.Source = Number(start + 12, 4);
        _packet.Destination = Number(start + 16, 4);
        _packet.HopLimit = _bytes[start + 8];
        _packet.Protocol = _bytes[start + 9];
        int end = start + total;
        Need(start, end, headerOctets);
        Require(!_options.VerifyChecksums || OnesSum(start, headerOctets) == 0xFFFF, Reason.BadChecksum);
        IPv4Options(start + 20, start + headerOctets);
        int field = (int)Number(start + 6, 2);
        bool more = (field & 0x2000) != 0;
        int offset = field % 8192 * 8;
        if (more || offset > 0)
        {
            _packet.FragmentIdentification = (uint)Number(start + 4, 2);
            _packet.FragmentDataOffset = start + headerOctets;
            _packet.FragmentProtocol = _packet.Protocol;
            Fragment(offset, more, headerOctets, total - headerOctets);
        }

        Transport(start + headerOctets, end, total - headerOctets);
    }

    private void IPv4Options(int start, int end)
    {
        int i = start;
        while (i < end && _bytes[i] != 0)
        {
            if (_bytes[i] == 1)
            {
                i++;
                continue;
            }

            Require(i + 1 < end && _bytes[i + 1] >= 2 && i + _bytes[i + 1] <= end);
            Require(_options.AllowSourceRoute || (_bytes[i] != 131 && _bytes[i] != 137), Reason.IpOptions);
            if (_bytes[i] == 148)
            {
                _packet.Traits |= PacketTraits.RouterAlert;
            }

            i += _bytes[i + 1];
        }
    }

    private void IPv6(int start)
    {
        Need(start, _wireOctets, 40);
        int end = start + 40 + (int)Number(start + 4, 2);
        Require(_bytes[start] / 16 == 6 && end <= _wireOctets);
        _packet.Source = Number(start + 8, 16);
        _packet.Destination = Number(start + 24, 16);
        _packet.HopLimit = _bytes[start + 7];
        _packet.Protocol = _bytes[start + 6];
        int at = start + 40;
        int fragmentDataOctets = end - at;
        List<byte> walked = [];
        while (_packet.Protocol is 0 or 43 or 44 or 51 or 60 or 135 or 139 or 140 && !_packet.Has(PacketTraits.LaterFragment))
        {
            byte number = _packet.Protocol;
            Require(walked.Count < 8, Reason.ExtensionHeaderLimit);
            Need(at, end, 8);
            int octets = number switch { 44 => 8, 51 => (_bytes[at + 1] + 2) * 4, _ => (_bytes[at + 1] + 1) * 8 };
            Need(at, end, octets);
            Require(number != 0 || walked.Count == 0, Reason.BadExtensionHeader);
            Require(number != 44 || !walked.Contains(44), Reason.BadExtensionHeader);
            Require(at + octets - (start + 40) <= 256, Reason.ExtensionHeaderLimit);
            _packet.Traits |= PacketTraits.ExtensionHeaders;
            ExtensionHeader(number, at, octets);
            _packet.Protocol = _bytes[at];
            if (number == 44)
            {
                fragmentDataOctets = end - (at + 8);
                int field = (int)Number(at + 2, 2);
                _packet.FragmentIdentification = (uint)Number(at + 4, 4);
                if (field % 2 == 1 || field / 8 > 0)
                {
                    _packet.FragmentDataOffset = at + 8;
                    _packet.FragmentProtocol = _bytes[at];
                    Fragment(field / 8 * 8, field % 2 == 1, at - (start + 40), fragmentDataOctets);
                }
            }

            walked.Add(number);
            at += octets;
        }

        Transport(at, end, fragmentDataOctets);
    }

    private void ExtensionHeader(byte number, int start, int octets)
    {
        switch (number)
        {
            case 0 or 60:
                IPv6Options(start + 2, start + octets, number == 0);
                break;
            case 43:
                Require(_bytes[start + 2] != 0, Reason.BadExtensionHeader);
                Require(_bytes[start + 2] is not (3 or 4) || _bytes[start + 3] == 0 || _options.AllowSourceRoute, Reason.BadExtensionHeader);
                break;
            case 51:
                Require(octets >= 16 && octets % 8 == 0);
                break;
        }
    }

    private void IPv6Options(int start, int end, bool hopByHop)
    {
        int i = start;
        while (i < end)
        {
            if (_bytes[i] == 0)
            {
                i++;
                continue;
            }

            Require(i + 1 < end && i + 2 + _bytes[i + 1] <= end);
            Require(!hopByHop || _bytes[i] != 0xC2);
            if (hopByHop && _bytes[i] == 5)
            {
                _packet.Traits |= PacketTraits.RouterAlert;
            }

            i += 2 + _bytes[i + 1];
        }
    }

    private void Fragment(int offset, bool more, int before, int octets)
    {
        _packet.FragmentOffset = offset;
        _packet.Traits |= PacketTraits.Fragment | (offset > 0 ? PacketTraits.LaterFragment : 0) | (more ? 0 : PacketTraits.LastFragment);
        Require((long)before + offset + octets <= 65535);
        Require(octets > 0, offset > 0 ? Reason.Malformed : Reason.TinyFragment);
        Require(offset == 0 || !more || octets % 8 == 0);
    }

    private void Transport(int start, int end, int fragmentDataOctets)
    {
        _packet.TransportOffset = start;
        _packet.TransportOctets = end - start;
        if (_packet.Has(PacketTraits.LaterFragment))
        {
            int header = _packet.Protocol switch { 6 => 20, 33 or 132 => 12, _ => 8 };
            Require(_packet.FragmentOffset >= header, Reason.TinyFragment);
            return;
        }

        Require(!IsFirstFragment || end > start || _packet.Protocol == 59, Reason.TinyFragment);
        new SlowTransport(this, start, end).Read();
        Require(!IsFirstFragment || fragmentDataOctets % 8 == 0);
        bool samePorts = !_packet.Has(PacketTraits.Ports) || _packet.SourcePort == _packet.DestinationPort;
        Require(_packet.Source != _packet.Destination || !samePorts, Reason.Land);
    }

    // Whether a header of so many octets lies within its layer and was captured.
    private void Need(int start, int end, int octets)
    {
        Require(end - start >= octets, IsFirstFragment ? Reason.TinyFragment : Reason.Malformed);
        if (_bytes.Length - start < octets)
        {
            _packet.Traits |= PacketTraits.HeadersCut;
            throw new BadForm(Reason.Malformed);
        }
    }

    private static void Require(bool condition, Reason reason = Reason.Malformed)
    {
        if (!condition)
        {
            throw new BadForm(reason);
        }
    }

    private UInt128 Number(int start, int octets)
    {
        UInt128 number = 0;
        for (int i = start; i < start + octets; i++)
        {
            number = (number * 256) + _bytes[i];
        }

        return number;
    }

    private uint OnesSum(int start, int octets, uint sum = 0)
    {
        for (int i = 0; i < octets; i++)
        {
            sum += i % 2 == 0 ? _bytes[start + i] * 256u : _bytes[start + i];
            sum = (sum % 65536) + (sum / 65536);
        }

        return sum;
    }

    private sealed class BadForm(Reason reason) : Exception
    {
        public Reason Reason { get; } = reason;
    }

    /// <summary>The transport part, from its header to the end of the IP packet.</summary>
    private sealed class SlowTransport(SlowParser parser, int start, int end)
    {
        private byte[] Bytes => parser._bytes;

        private bool IsVerifiable => parser._options.VerifyChecksums && !parser._packet.Has(PacketTraits.Fragment);

        public void Read()
        {
            switch (parser._packet.Protocol)
            {
                case 6:
                    Tcp();
                    break;
                case 17 or 136:
                    Udp(parser._packet.Protocol == 136);
                    break;
                case 132:
                    Ports(12);
                    Require(!IsVerifiable || Bytes.Length < end || SctpChecksumIsRight(), Reason.BadChecksum);
                    break;
                case 33:
                    Dccp();
                    break;
                case 1 when !parser.IsIPv6:
                case 58 when parser.IsIPv6:
                    Icmp();
                    break;
            }
        }

        private void Ports(int headerOctets)
        {
            parser.Need(start, end, headerOctets);
            parser._packet.SourcePort = (ushort)parser.Number(start, 2);
            parser._packet.DestinationPort = (ushort)parser.Number(start + 2, 2);
            parser._packet.Traits |= PacketTraits.Ports;
            Require(parser._options.AllowPortZero || parser._packet.DestinationPort != 0);
        }

        private void Udp(bool isLite)
        {
            Ports(8);
            int length = (int)parser.Number(start + 4, 2);
            int covered = isLite && length == 0 ? end - start : length;
            Require(covered >= 8 && (parser.IsFirstFragment || start + covered <= end));
            bool isAbsent = !isLite && parser.Number(start + 6, 2) == 0;
            if (parser._options.VerifyChecksums && isAbsent)
            {
                Require(!parser.IsIPv6, Reason.BadChecksum);
            }
            else
            {
                RequirePseudoHeaderSum(covered, isLite ? end - start : length);
            }
        }

        private void Dccp()
        {
            Ports(12);
            int octets = Bytes[start + 4] * 4;
            Require(octets >= (Bytes[start + 8] % 2 == 0 ? 12 : 16));
            parser.Need(start, end, octets);
        }

        private void Tcp()
        {
            parser.Need(start, end, 20);
            int octets = Bytes[start + 12] / 16 * 4;
            Require(octets >= 20);
            parser.Need(start, end, octets);
            ref ParsedPacket packet = ref parser._packet;
            packet.SourcePort = (ushort)parser.Number(start, 2);
            packet.DestinationPort = (ushort)parser.Number(start + 2, 2);
            packet.TcpSequence = (uint)parser.Number(start + 4, 4);
            packet.TcpAcknowledgment = (uint)parser.Number(start + 8, 4);
            packet.TcpFlags = (TcpFlags)Bytes[start + 13];
            packet.TcpWindow = (ushort)parser.Number(start + 14, 2);
            packet.TcpPayloadOctets = (uint)(end - start - octets);
            packet.Traits |= PacketTraits.Ports;
            Require(parser._options.AllowPortZero || (packet.SourcePort != 0 && packet.DestinationPort != 0));
            RequirePseudoHeaderSum(end - start, end - start);
            string flags = string.Concat("FSRPAU".Where((letter, i) => letter != 'P' && (Bytes[start + 13] >> i) % 2 == 1));
            Require(flags is "S" or "SU" or "SA" or "R" or "RA" or "FA" or "FAU" or "A" or "AU", Reason.BadFlags);
            TcpOptions(start + 20, start + octets, flags.Contains('S', StringComparison.Ordinal), flags.Contains('A', StringComparison.Ordinal));
        }

        private void TcpOptions(int from, int to, bool syn, bool ack)
        {
            ref ParsedPacket packet = ref parser._packet;
            List<uint> edges = [];
            int i = from;
            while (i < to && Bytes[i] != 0)
            {
                int octets = Bytes[i] == 1 ? 1 : i + 1 < to ? Bytes[i + 1] : 0;
                if (octets == 0 || (octets == 1 && Bytes[i] != 1) || i + octets > to)
                {
                    break;
                }

                switch (Bytes[i], octets, syn)
                {
                    case (3, 3, true):
                        packet.Traits |= PacketTraits.WindowScale;
                        packet.TcpWindowScale = Math.Min(Bytes[i + 2], (byte)14);
                        break;
                    case (4, 2, true):
                        packet.Traits |= PacketTraits.SackPermitted;
                        break;
                    case (5, 10 or 18 or 26 or 34, _) when ack && edges.Count == 0:
                        edges.AddRange(Enumerable.Range(0, octets / 8).Select(block => (uint)parser.Number(i + 2 + (8 * block) + 4, 4)));
                        break;
                }

                i += octets;
            }

            if (edges.Count > 0)
            {
                uint acknowledgment = packet.TcpAcknowledgment;
                packet.Traits |= PacketTraits.Sack;
                packet.TcpSackHighest = edges.Aggregate(acknowledgment, (best, edge) => edge - best is > 0 and < 0x80000000 ? edge : best);
            }
        }

        private void Icmp()
        {
            parser.Need(start, end, 8);
            int type = Bytes[start];
            bool isError = parser.IsIPv6 ? type is 1 or 2 or 3 or 4 : type is 3 or 4 or 5 or 11 or 12;
            bool isQuery = parser.IsIPv6 ? type is 128 or 129 or 139 or 140 : type is 0 or 8 or 13 or 14 or 15 or 16 or 17 or 18;
            ref ParsedPacket packet = ref parser._packet;
            packet.DestinationPort = (ushort)parser.Number(start, 2);
            packet.SourcePort = isQuery ? (ushort)parser.Number(start + 4, 2) : (ushort)0;
            packet.Traits |= isError ? PacketTraits.Icmp | PacketTraits.IcmpError : PacketTraits.Icmp;
            if (parser.IsIPv6)
            {
                RequirePseudoHeaderSum(end - start, end - start);
                NeighborDiscovery(type);
            }
            else
            {
                Require(!IsVerifiable || Bytes.Length < end || parser.OnesSum(start, end - start) == 0xFFFF, Reason.BadChecksum);
            }
        }

        private void NeighborDiscovery(int type)
        {
            if (type is < 133 or > 137)
            {
                return;
            }

            ref ParsedPacket packet = ref parser._packet;
            int octets = type switch { 133 => 8, 134 => 16, 137 => 40, _ => 24 };
            bool isLinkLocal = (ulong)(packet.Source >> 64) is >= 0xFE80_0000_0000_0000 and <= 0xFEBF_FFFF_FFFF_FFFF;
            Require(packet.HopLimit == 255 && Bytes[start + 1] == 0, Reason.BadNeighborDiscovery);
            Require(!packet.Has(PacketTraits.Fragment) && !packet.Has(PacketTraits.ExtensionHeaders), Reason.BadNeighborDiscovery);
            Require(end - start >= octets && (type is not (134 or 137) || isLinkLocal), Reason.BadNeighborDiscovery);
            parser.Need(start, end, end - start);
            if (type is 135 or 136)
            {
                packet.NeighborTarget = parser.Number(start + 8, 16);
                Require(Bytes[start + 8] != 0xFF, Reason.BadNeighborDiscovery);
            }

            for (int i = start + octets; i < end; i += Bytes[i + 1] * 8)
            {
                Require(i + 1 < end && Bytes[i + 1] != 0 && i + (Bytes[i + 1] * 8) <= end, Reason.BadNeighborDiscovery);
            }
        }

        private void RequirePseudoHeaderSum(int covered, int length)
        {
            if (!IsVerifiable || Bytes.Length - start < covered)
            {
                return;
            }

            int addresses = parser._packet.NetworkOffset + (parser.IsIPv6 ? 8 : 12);
            uint sum = parser.OnesSum(addresses, parser.IsIPv6 ? 32 : 8, parser._packet.Protocol);
            sum += (uint)(length % 65536) + (uint)(length / 65536);
            Require(parser.OnesSum(start, covered, sum) == 0xFFFF, Reason.BadChecksum);
        }

        private bool SctpChecksumIsRight()
        {
            uint crc = uint.MaxValue;
            for (int i = start; i < end; i++)
            {
                crc ^= i - start is >= 8 and < 12 ? 0u : Bytes[i];
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = crc % 2 == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
                }
            }

            return ~crc == BitConverter.ToUInt32(Bytes, start + 8);
        }
    }
}
