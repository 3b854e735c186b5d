namespace SecurityGroups.Tests.Support;

// What follows the IP headers: fragments first, then each protocol's own lengths.
internal sealed partial class ReferencePacket
{
    private void ReadTransport(int start, int end, int fragmentOffset, bool more, int headerOctets)
    {
        int octets = end - start;
        IsFragment = fragmentOffset > 0 || more;
        IsLaterFragment = fragmentOffset > 0;
        ReferenceFault.When(IsFragment && headerOctets + fragmentOffset + octets > 65_535, Reason.Malformed);
        if (IsLaterFragment)
        {
            ReferenceFault.When(fragmentOffset < LeastHeaderOctets(), Reason.TinyFragment);
            throw new ReferenceFault(Reason.LaterFragmentWithoutFirst);
        }

        ReferenceFault.When(octets < LeastHeaderOctets(), more ? Reason.TinyFragment : Reason.Malformed);
        byte[] transport = _octets[start..end];
        if (HasPorts)
        {
            ReadPorts(start, transport);
        }
        else if (IsIcmp)
        {
            ReadIcmp(start, transport);
        }
    }

    private int LeastHeaderOctets() => Protocol switch
    {
        6 => 20,
        17 or 136 => 8,
        132 or 33 => 12,
        _ when IsIcmp => 8,
        _ => 0,
    };

    private void ReadPorts(int start, byte[] transport)
    {
        SourcePort = UInt16(start);
        DestinationPort = UInt16(start + 2);
        if (Protocol == 6)
        {
            int headerOctets = (transport[12] >> 4) * 4;
            ReferenceFault.When(headerOctets < 20, Reason.Malformed);
            ReferenceFault.When(headerOctets > transport.Length, IsFragment ? Reason.TinyFragment : Reason.Malformed);
            Tcp = ReferenceSegment.Read(transport, headerOctets);
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

        bool zero = DestinationPort == 0 || (Protocol == 6 && SourcePort == 0);
        ReferenceFault.When(zero && !_options.AllowPortZero, Reason.Malformed);
        CheckSum(transport);
        ReferenceFault.When(Tcp is { HasGoodFlags: false }, Reason.BadFlags);
    }

    private void ReadIcmp(int start, byte[] transport)
    {
        IcmpType = transport[0];
        IcmpCode = transport[1];
        IcmpIdentifier = UInt16(start + 4);
        IcmpWord = UInt32(start + 4);
        IcmpPayload = transport[8..];
        CheckSum(transport);
        if (Protocol == 58 && IcmpType is 135 or 136)
        {
            ReferenceFault.When(transport.Length < 24, Reason.Malformed);
            NeighborTarget = Address(start + 8, 16);
        }
    }

    /// <summary>TCP, UDP and ICMP only, whole datagrams only; UDP's 0 means "none".</summary>
    private void CheckSum(byte[] transport)
    {
        if (!_options.VerifyChecksums || IsFragment || !(Protocol is 6 or 17 || IsIcmp) || (Protocol == 17 && transport[6] == 0 && transport[7] == 0))
        {
            return;
        }

        // UDP's own length, not the packet's, is what its sender summed (RFC 768).
        int octets = Protocol == 17 ? (transport[4] << 8) | transport[5] : transport.Length;
        byte[] pseudo = [.. AddressOctets(Source), .. AddressOctets(Destination), 0, 0, (byte)(octets >> 8), (byte)octets, 0, 0, 0, Protocol];
        byte[] summed = Protocol == 1 ? transport : [.. pseudo, .. transport[..octets]];
        ReferenceFault.When(Checksum(summed) != 0, Reason.BadChecksum);
    }

    private static byte[] AddressOctets(ReferenceAddress address) => AddressBits.ToIPAddress(address.Bits, address.Family).GetAddressBytes();
}
