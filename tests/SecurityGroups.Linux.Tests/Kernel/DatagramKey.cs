namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>What the pieces of a datagram have in common; the same for all whole packets of a direction.</summary>
internal readonly record struct DatagramKey(Direction Direction, uint Identification, byte Protocol)
{
    public static DatagramKey Of(Crossing crossing) => FragmentReader.Read(crossing.Packet) is { } piece
        ? new DatagramKey(crossing.Direction, piece.Identification, crossing.Packet[0] >> 4 == 4 ? piece.Protocol : (byte)0)
        : new DatagramKey(crossing.Direction, 0, 0);
}
