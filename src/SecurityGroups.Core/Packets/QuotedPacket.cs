namespace SecurityGroups.Packets;

/// <summary>The packet that an ICMP error quotes, as far as it is quoted: enough to find the connection it belonged to.</summary>
internal struct QuotedPacket
{
    public UInt128 Source;
    public UInt128 Destination;

    /// <summary>TCP: sequence number of the quoted segment.</summary>
    public uint TcpSequence;

    /// <summary>The MTU that the error states (IPv4 type 3 code 4, IPv6 type 2), otherwise 0.</summary>
    public uint Mtu;

    /// <summary>Source port; ICMP queries: identifier.</summary>
    public ushort SourcePort;

    /// <summary>Destination port; ICMP: type and code.</summary>
    public ushort DestinationPort;

    public byte Protocol;

    /// <summary>Ports, Icmp, IcmpError (an error that quotes an error), LaterFragment; HeadersCut when the capture, not the error, ends too early.</summary>
    public PacketTraits Traits;

    /// <summary>
    /// Reads the quote inside an ICMP error. <see cref="Reason.NotEvaluated"/> = readable; <see cref="Reason.Malformed"/> = broken or
    /// fewer than 8 transport octets quoted; <see cref="Reason.UnrelatedIcmp"/> = nothing that could be tracked (an error, a later fragment).
    /// </summary>
    /// <param name="bytes">The whole packet that carries the error.</param>
    /// <param name="error">What the parser made of it; its form is good and it has the trait IcmpError.</param>
    /// <param name="quoted">What was read.</param>
    public static Reason Parse(ReadOnlySpan<byte> bytes, in ParsedPacket error, out QuotedPacket quoted) =>
        QuoteReader.Read(bytes, error, out quoted);
}
