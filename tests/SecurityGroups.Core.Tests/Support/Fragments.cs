namespace SecurityGroups.Tests.Support;

/// <summary>Pieces of datagrams for tests.</summary>
internal static class Fragments
{
    /// <summary>Octets of the first fragments made here whose transport header has 8.</summary>
    public const int FirstOctets = 32;

    private const byte Unknown = 253;

    /// <summary>A piece with these octets, whatever they are; of an unknown protocol the builder leaves them alone.</summary>
    public static PacketBuilder Piece(this PacketBuilder ip, byte protocol, uint identification, int offset, bool more, byte[] octets) =>
        ip.Fragment(offset, more, identification).Protocol(Unknown, octets).ProtocolNumber(protocol);

    /// <summary>A first fragment of UDP, 32 octets of what says to be more.</summary>
    public static PacketBuilder FirstUdp(this PacketBuilder ip, int sourcePort, int destinationPort, uint identification = 1) =>
        ip.Udp(sourcePort, destinationPort).UdpLength(4096).PayloadOfLength(FirstOctets - 8).Fragment(0, true, identification);

    /// <summary>A later fragment that others follow.</summary>
    public static PacketBuilder Next(this PacketBuilder ip, int offset, int octets = 32, uint identification = 1, byte protocol = 17) =>
        ip.Protocol(protocol, new byte[octets]).Fragment(offset, true, identification);

    /// <summary>A last fragment.</summary>
    public static PacketBuilder Last(this PacketBuilder ip, int offset, int octets = 21, uint identification = 1, byte protocol = 17) =>
        ip.Protocol(protocol, new byte[octets]).Fragment(offset, false, identification);
}
