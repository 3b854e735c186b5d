using System.Buffers.Binary;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>Ethernet frames between one server and many clients, 50,000 connections each; IPv4, up to the ports.</summary>
internal static class ClientFrame
{
    public const int IpOffset = 14;
    public const int TransportOffset = IpOffset + 20;
    private const uint ServerAddress = 0x0A00_0005;
    private const uint FirstClient = 0xCB00_0000;
    private const int ConnectionsPerClient = 50_000;

    /// <summary>Clears a frame and writes its headers; ingress is from the client.</summary>
    public static void Write(Span<byte> frame, int connection, Direction direction, IpProtocol protocol, ushort serverPort, int ipOctets)
    {
        uint client = FirstClient + (uint)(connection / ConnectionsPerClient);
        ushort clientPort = (ushort)(10_000 + (connection % ConnectionsPerClient));
        bool isIngress = direction == Direction.Ingress;
        frame.Clear();
        frame[12] = 0x08;
        frame[IpOffset] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame[(IpOffset + 2)..], (ushort)ipOctets);
        frame[IpOffset + 8] = 64;
        frame[IpOffset + 9] = (byte)protocol.Number;
        BinaryPrimitives.WriteUInt32BigEndian(frame[(IpOffset + 12)..], isIngress ? client : ServerAddress);
        BinaryPrimitives.WriteUInt32BigEndian(frame[(IpOffset + 16)..], isIngress ? ServerAddress : client);
        BinaryPrimitives.WriteUInt16BigEndian(frame[TransportOffset..], isIngress ? clientPort : serverPort);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(TransportOffset + 2)..], isIngress ? serverPort : clientPort);
    }
}
