using System.Net;
using System.Net.Sockets;
using SecurityGroups.Linux.Tests.Support;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>One end of the conversations: a network namespace, its kernel's stack, its address. Sockets made here may be used by any thread.</summary>
internal sealed class Host(NetworkNamespace space, IPAddress address) : IDisposable
{
    private const int Backlog = 512;

    // Linux numbers, at level TCP.
    private const int FastOpenOption = 23;

    public NetworkNamespace Space => space;

    public IPAddress Address => address;

    public Socket OpenTcp()
    {
        Socket socket = Open(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        return socket;
    }

    /// <summary>A UDP socket at a port, or at any.</summary>
    public Socket OpenUdp(int port = 0)
    {
        Socket socket = Open(SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(EndPoint(port));
        return socket;
    }

    public Socket OpenIcmp() =>
        Open(SocketType.Raw, address.AddressFamily == AddressFamily.InterNetwork ? ProtocolType.Icmp : ProtocolType.IcmpV6);

    public Socket Listen(int port, int receiveOctets = 0)
    {
        Socket socket = Open(SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.SetRawSocketOption((int)ProtocolType.Tcp, FastOpenOption, BitConverter.GetBytes(Backlog));
        if (receiveOctets != 0)
        {
            socket.ReceiveBufferSize = receiveOctets;
        }

        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(Backlog);
        return socket;
    }

    public IPEndPoint EndPoint(int port) => new(address, port);

    public void Dispose() => space.Dispose();

    private Socket Open(SocketType type, ProtocolType protocol) => space.Enter(() => new Socket(address.AddressFamily, type, protocol));
}
