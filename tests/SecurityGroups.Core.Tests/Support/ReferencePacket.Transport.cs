namespace SecurityGroups.Tests.Support;

// What follows the IP headers: fragments first, then each protocol's own lengths.
internal sealed partial class ReferencePacket
{
    private void ReadTransport(int start, int end, int fragmentOffset, bool more)
    {
        int octets = end - start;
        if (IsLaterFragment)
        {
            ReferenceFault.When(fragmentOffset < LeastHeaderOctets(), Reason.TinyFragment);
            return;
        }

        ReferenceFault.When(more && octets == 0 && Protocol != 59, Reason.TinyFragment);
        ReadTransport(start, _octets[start..end], more ? Reason.TinyFragment : Reason.Malformed);
        InspectedOctets += ShownOctets(_octets[start..end]);
        ReferenceFault.When(more && octets % 8 != 0, Reason.Malformed);
        ReferenceFault.When(Source == Destination && (!HasPorts || SourcePort == DestinationPort), Reason.Land);
    }

    private void ReadTransport(int start, byte[] transport, Reason cut)
    {
        ReferenceFault.When(transport.Length < LeastHeaderOctets(), cut);
        if (HasPorts)
        {
            ReadPorts(start, transport, cut);
        }
        else if (IsIcmp)
        {
            ReadIcmp(start, transport);
        }
    }

    private int ShownOctets(byte[] transport) => Protocol switch
    {
        6 => (transport[12] >> 4) * 4,
        33 => transport[4] * 4,
        _ when IsIcmp && ReferenceIcmp.IsError(Family, Protocol, IcmpType) => transport.Length,
        _ => LeastHeaderOctets(),
    };

    private int LeastHeaderOctets() => Protocol switch
    {
        6 => 20,
        17 or 136 => 8,
        132 or 33 => 12,
        _ when IsIcmp => 8,
        _ => 0,
    };

    private void ReadPorts(int start, byte[] transport, Reason cut)
    {
        SourcePort = UInt16(start);
        DestinationPort = UInt16(start + 2);
        if (Protocol == 6)
        {
            int headerOctets = (transport[12] >> 4) * 4;
            ReferenceFault.When(headerOctets < 20, Reason.Malformed);
            ReferenceFault.When(headerOctets > transport.Length, cut);
            Tcp = ReferenceSegment.Read(transport, headerOctets, IsFragment);
        }
        else if (Protocol == 17)
        {
            int length = UInt16(start + 4);
            ReferenceFault.When(length < 8 || (length > transport.Length && !IsFragment), Reason.Malformed);
        }
        else if (Protocol == 136)
        {
            int coverage = UInt16(start + 4);
            ReferenceFault.When(coverage is > 0 and < 8 || (coverage > transport.Length && !IsFragment), Reason.Malformed);
        }

        else if (Protocol == 33)
        {
            int headerOctets = transport[4] * 4;
            ReferenceFault.When(DestinationPort == 0 && !_options.AllowPortZero, Reason.Malformed);
            ReferenceFault.When(headerOctets < ((transport[8] & 1) != 0 ? 16 : 12), Reason.Malformed);
            ReferenceFault.When(headerOctets > transport.Length, cut);
        }

        bool zero = DestinationPort == 0 || (Protocol == 6 && SourcePort == 0);
        ReferenceFault.When(zero && !_options.AllowPortZero, Reason.Malformed);
        CheckSum(transport);
        ReferenceFault.When(Tcp is { HasGoodFlags: false }, Reason.BadFlags);
    }

    private void ReadIcmp(int start, byte[] transport)
    {
        IcmpType = transport[0];
        IcmpCode = transport[1];
        bool isQueryOrError = ReferenceIcmp.IsError(Family, Protocol, IcmpType) || ReferenceIcmp.IsReply(Family, IcmpType) || ReferenceIcmp.IsRequest(Family, IcmpType);
        if (isQueryOrError)
        {
            IcmpIdentifier = UInt16(start + 4);
            IcmpWord = UInt32(start + 4);
            IcmpPayload = transport[8..];
        }

        CheckSum(transport);
        if (Protocol == 58 && IcmpType is >= 133 and <= 137)
        {
            ReferenceFault.When(IsBadNeighborDiscovery(transport), Reason.BadNeighborDiscovery);
            NeighborTarget = IcmpType is 135 or 136 ? Address(start + 8, 16) : null;
        }
    }

    /// <summary>RFC 4861, 6.1, 7.1 and 8.1: a plain packet from the link, of full length, its options whole.</summary>
    private bool IsBadNeighborDiscovery(byte[] message)
    {
        int least = IcmpType switch { 133 => 8, 134 => 16, 137 => 40, _ => 24 };
        bool isPlain = HopLimit == 255 && IcmpCode == 0 && !HasExtensionHeaders;
        bool isFromLink = IcmpType is not (134 or 137) || Source.IsLinkLocal;
        bool hasMulticastTarget = message.Length >= 24 && IcmpType is 135 or 136 && message[8] == 0xFF;
        return !isPlain || !isFromLink || message.Length < least || hasMulticastTarget || !HasWholeOptions(message.AsSpan(least));
    }

    private static bool HasWholeOptions(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0)
        {
            int octets = options.Length > 1 ? options[1] * 8 : 0;
            if (octets == 0 || octets > options.Length)
            {
                return false;
            }

            options = options[octets..];
        }

        return true;
    }

    /// <summary>Of whole datagrams only; of DCCP none.</summary>
    private void CheckSum(byte[] transport)
    {
        if (_options.VerifyChecksums && !IsFragment)
        {
            bool isGood = Protocol switch
            {
                17 when transport[6] == 0 && transport[7] == 0 => Family == Ethertype.IPv4,
                17 => IsSumGood(transport, UInt16At(transport, 4), UInt16At(transport, 4)),
                136 => IsSumGood(transport, UInt16At(transport, 4) == 0 ? transport.Length : UInt16At(transport, 4), transport.Length),
                132 => IsCrcGood(transport),
                1 => !IsIcmp || Checksum(transport) == 0,
                6 or 58 => IsSumGood(transport, transport.Length, transport.Length),
                _ => true,
            };
            ReferenceFault.When(!isGood, Reason.BadChecksum);
        }
    }

    private bool IsSumGood(byte[] transport, int covered, int length)
    {
        byte[] pseudo = [.. AddressOctets(Source), .. AddressOctets(Destination), 0, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, Protocol];
        return Checksum([.. pseudo, .. transport[..covered]]) == 0;
    }

    /// <summary>SCTP's CRC32c, bit by bit (RFC 9260, appendix A).</summary>
    private static bool IsCrcGood(byte[] transport)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < transport.Length; i++)
        {
            crc ^= i is >= 8 and < 12 ? 0u : transport[i];
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F6_3B78u : 0);
            }
        }

        return ~crc == System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(transport.AsSpan(8));
    }

    private static int UInt16At(byte[] octets, int offset) => (octets[offset] << 8) | octets[offset + 1];

    private static byte[] AddressOctets(ReferenceAddress address) => AddressBits.ToIPAddress(address.Bits, address.Family).GetAddressBytes();
}
