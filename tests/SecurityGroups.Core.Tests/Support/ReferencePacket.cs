using System.Buffers.Binary;

namespace SecurityGroups.Tests.Support;

/// <summary>
/// A packet as the reference model reads it: straight from the header layouts of the RFCs, one array, exceptions as exits. It shares
/// nothing with the parser under test.
/// </summary>
internal sealed partial class ReferencePacket
{
    private readonly FirewallOptions _options;
    private readonly byte[] _octets;
    private int _offset;

    private ReferencePacket(byte[] octets, FirewallOptions options)
    {
        _octets = octets;
        _options = options;
    }

    /// <summary><see cref="Reason.NotEvaluated"/> when the form is good.</summary>
    public Reason Fault { get; private set; }

    public ulong? SourceMac { get; private set; }

    /// <summary>VLAN ids outer first, without VID 0.</summary>
    public List<int> VlanIds { get; } = [];

    public int EtherType { get; private set; }

    public bool IsArp => EtherType == 0x0806;

    public bool IsIp => EtherType is 0x0800 or 0x86DD;

    public ReferenceArp? Arp { get; private set; }

    public Ethertype Family { get; private set; }

    public ReferenceAddress Source { get; private set; }

    public ReferenceAddress Destination { get; private set; }

    public byte HopLimit { get; private set; }

    public byte Protocol { get; private set; }

    public bool IsFragment { get; private set; }

    public bool IsLaterFragment { get; private set; }

    public uint Identification { get; private set; }

    /// <summary>The protocol a fragment states, in IPv6 by its fragment header.</summary>
    public byte StatedProtocol { get; private set; }

    /// <summary>Which octets of its datagram a fragment carries: the first, and the one behind the last.</summary>
    public (int Start, int End) Piece { get; private set; }

    public bool IsLastFragment { get; private set; }

    /// <summary>Octets of the datagram that a first fragment shows to the rules, headers with their options.</summary>
    public int InspectedOctets { get; private set; }

    public bool HasExtensionHeaders { get; private set; }

    public bool HasRouterAlert { get; private set; }

    public bool HasPorts => Protocol is 6 or 17 or 33 or 132 or 136;

    public bool IsIcmp => Protocol == (Family == Ethertype.IPv4 ? 1 : 58);

    public int SourcePort { get; private set; }

    public int DestinationPort { get; private set; }

    public byte IcmpType { get; private set; }

    public byte IcmpCode { get; private set; }

    public ushort IcmpIdentifier { get; private set; }

    public uint IcmpWord { get; private set; }

    public ReferenceAddress? NeighborTarget { get; private set; }

    public ReferenceSegment? Tcp { get; private set; }

    /// <summary>What follows the 8 octets of an ICMP header.</summary>
    public byte[] IcmpPayload { get; private set; } = [];

    /// <summary>What a rule compares: destination port, ICMP type and code, or nothing.</summary>
    public int RulePort => IsIcmp ? (IcmpType << 8) | IcmpCode : DestinationPort;

    public static ReferencePacket Read(byte[] octets, LinkType linkType, FirewallOptions options)
    {
        ReferencePacket packet = new(octets, options);
        try
        {
            packet.ReadLink(linkType);
        }
        catch (ReferenceFault fault)
        {
            packet.Fault = fault.Reason;
        }

        return packet;
    }

    /// <summary>What any fragment must keep to. Octets before: those that count in the reassembled datagram's length besides its data.</summary>
    public static void CheckFragment(int offset, bool more, int octetsBefore, int octets)
    {
        bool isFragment = offset > 0 || more;
        ReferenceFault.When(isFragment && octetsBefore + offset + octets > 65_535, Reason.Malformed);
        ReferenceFault.When(isFragment && octets == 0, offset == 0 ? Reason.TinyFragment : Reason.Malformed);
        ReferenceFault.When(offset > 0 && more && octets % 8 != 0, Reason.Malformed);
    }

    /// <summary>Faults broken IPv4 options and source routes; tells whether Router Alert is among them.</summary>
    public static bool CheckIPv4Options(ReadOnlySpan<byte> options, bool mayRoute)
    {
        bool hasRouterAlert = false;
        while (options.Length > 0 && options[0] != 0)
        {
            int octets = options[0] == 1 ? 1 : options.Length > 1 ? options[1] : 0;
            ReferenceFault.When(octets == 0 || (octets < 2 && options[0] != 1) || octets > options.Length, Reason.Malformed);
            ReferenceFault.When(options[0] is 131 or 137 && !mayRoute, Reason.IpOptions);
            hasRouterAlert |= options[0] == 148;
            options = options[octets..];
        }

        return hasRouterAlert;
    }

    private void ReadLink(LinkType linkType)
    {
        if (linkType == LinkType.RawIp)
        {
            Need(0, 1);
            EtherType = (_octets[0] >> 4) switch { 4 => 0x0800, 6 => 0x86DD, _ => throw new ReferenceFault(Reason.Malformed) };
        }
        else
        {
            ReadEthernet();
        }

        switch (EtherType)
        {
            case 0x0800: ReadIPv4(); break;
            case 0x86DD: ReadIPv6(); break;
            case 0x0806: ReadArp(); break;
        }
    }

    private void ReadEthernet()
    {
        Need(0, 14);
        SourceMac = Mac(6);
        EtherType = UInt16(12);
        _offset = 14;
        for (int tags = 0; EtherType is 0x8100 or 0x88A8 or 0x9100; tags++)
        {
            ReferenceFault.When(tags == 2, Reason.Malformed);
            Need(_offset, 4);
            int vlanId = UInt16(_offset) & 0xFFF;
            VlanIds.AddRange(vlanId == 0 ? [] : [vlanId]);
            EtherType = UInt16(_offset + 2);
            _offset += 4;
        }
    }

    private void ReadArp()
    {
        Need(_offset, 28);
        bool shape = UInt16(_offset) == 1 && UInt16(_offset + 2) == 0x0800 && _octets[_offset + 4] == 6 && _octets[_offset + 5] == 4;
        ReferenceFault.When(!shape, Reason.Malformed);
        Arp = new ReferenceArp(UInt16(_offset + 6), Mac(_offset + 8), Address(_offset + 14, 4), Address(_offset + 24, 4));
    }

    private void ReadIPv4()
    {
        Need(_offset, 20);
        int headerOctets = (_octets[_offset] & 0xF) * 4;
        int totalOctets = UInt16(_offset + 2);
        ReferenceFault.When(_octets[_offset] >> 4 != 4 || headerOctets < 20 || totalOctets < headerOctets, Reason.Malformed);
        Need(_offset, totalOctets);
        Family = Ethertype.IPv4;
        HopLimit = _octets[_offset + 8];
        Protocol = _octets[_offset + 9];
        Source = Address(_offset + 12, 4);
        Destination = Address(_offset + 16, 4);
        bool sumIsBad = _options.VerifyChecksums && Checksum(_octets.AsSpan(_offset, headerOctets)) != 0;
        ReferenceFault.When(sumIsBad, Reason.BadChecksum);
        HasRouterAlert = CheckIPv4Options(_octets.AsSpan(_offset + 20, headerOctets - 20), _options.AllowSourceRoute);
        int fragment = UInt16(_offset + 6);
        (int fragmentOffset, bool more) = ((fragment & 0x1FFF) * 8, (fragment & 0x2000) != 0);
        Identification = UInt16(_offset + 4);
        StatedProtocol = Protocol;
        NotePiece(fragmentOffset, more, totalOctets - headerOctets);
        CheckFragment(fragmentOffset, more, headerOctets, totalOctets - headerOctets);
        ReadTransport(_offset + headerOctets, _offset + totalOctets, fragmentOffset, more);
    }

    private void ReadIPv6()
    {
        Need(_offset, 40);
        int payloadOctets = UInt16(_offset + 4);
        ReferenceFault.When(_octets[_offset] >> 4 != 6, Reason.Malformed);
        Need(_offset, 40 + payloadOctets);
        Family = Ethertype.IPv6;
        HopLimit = _octets[_offset + 7];
        Source = Address(_offset + 8, 16);
        Destination = Address(_offset + 24, 16);
        int end = _offset + 40 + payloadOctets;
        ReferenceExtensionHeaders headers = ReferenceExtensionHeaders.Walk(
            _octets, _offset + 40, end, end, _octets[_offset + 6], isQuote: false, _options.AllowSourceRoute);
        Protocol = headers.Protocol;
        HasExtensionHeaders = headers.Count > 0;
        HasRouterAlert = headers.RouterAlert;
        Identification = headers.Identification;
        StatedProtocol = headers.StatedProtocol;
        NotePiece(headers.FragmentOffset, headers.MoreFragments, end - headers.FragmentStart);
        InspectedOctets = headers.End - headers.FragmentStart;
        ReadTransport(headers.End, end, headers.FragmentOffset, headers.MoreFragments);
    }

    private void NotePiece(int offset, bool more, int octets)
    {
        IsFragment = offset > 0 || more;
        IsLaterFragment = offset > 0;
        IsLastFragment = offset > 0 && !more;
        Piece = (offset, offset + octets);
    }

    private void Need(int offset, int octets) => ReferenceFault.When(offset + octets > _octets.Length, Reason.Malformed);

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_octets.AsSpan(offset));

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_octets.AsSpan(offset));

    private ulong Mac(int offset) => ((ulong)UInt16(offset) << 32) | UInt32(offset + 2);

    private ReferenceAddress Address(int offset, int octets) => ReferenceAddress.FromOctets(_octets.AsSpan(offset, octets));

    /// <summary>The complement of the ones' complement sum: 0 over octets that carry a right checksum.</summary>
    private static int Checksum(ReadOnlySpan<byte> octets)
    {
        long sum = 0;
        for (int i = 0; i < octets.Length; i++)
        {
            sum += octets[i] << (i % 2 == 0 ? 8 : 0);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (int)(~sum & 0xFFFF);
    }
}
