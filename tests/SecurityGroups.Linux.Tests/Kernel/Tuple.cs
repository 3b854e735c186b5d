using System.Net;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>The addresses and ports of one conversation between W and a host outside.</summary>
internal sealed record Tuple(string W, string X, int LocalPort, int RemotePort)
{
    public bool IsIPv4 => IPAddress.Parse(W).AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;

    public PacketBuilder Out => PacketBuilder.Ip(W, X);

    public PacketBuilder In => PacketBuilder.Ip(X, W);

    /// <summary>
    /// An address pair that none of the next 60,000 numbers has; by the lowest bit IPv4 or IPv6. The service port is that of who does not begin.
    /// </summary>
    public static Tuple Fresh(int number, bool beginsInside, int service)
    {
        int host = 1 + ((number >> 1) % 60_000);
        int port = 1024 + host;
        Ends ends = (number & 1) == 0 ? Ends.IPv4 : Ends.IPv6;
        string x = ends.IsIPv4 ? $"203.0.{host >> 8}.{host & 255}" : $"2001:db8:113::{host:x}";
        return beginsInside ? new Tuple(ends.W, x, port, service) : new Tuple(ends.W, x, service, port);
    }

    /// <summary>A TCP segment from one end to the other.</summary>
    public Crossing Tcp(bool fromInside, TcpFlags flags, uint sequence, uint acknowledgment, int window = 10_000, int octets = 0, byte[]? options = null) => fromInside
        ? new Crossing(Direction.Egress, Out.Tcp(LocalPort, RemotePort, flags, sequence, acknowledgment, window, options).PayloadOfLength(octets))
        : new Crossing(Direction.Ingress, In.Tcp(RemotePort, LocalPort, flags, sequence, acknowledgment, window, options).PayloadOfLength(octets));
}
