using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>A connection without a word for a while, kept alive by its initiator's kernel.</summary>
internal sealed class KeepAliveTalk(int silentMilliseconds) : ITalk
{
    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        using Socket listener = responder.Listen(Services.KeepAlive);
        await Task.WhenAll(
            Sockets.ServeAsync(listener, 1, socket => EchoTwiceAsync(socket, cancellation), cancellation),
            OpenAsync(initiator, responder, cancellation));
    }

    private async Task OpenAsync(Host initiator, Host responder, CancellationToken cancellation)
    {
        using Socket socket = initiator.OpenTcp();
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        await socket.ConnectAsync(responder.EndPoint(Services.KeepAlive), cancellation);
        await AskAsync(socket, cancellation);
        await Task.Delay(silentMilliseconds, cancellation);
        await AskAsync(socket, cancellation);
    }

    private static async Task AskAsync(Socket socket, CancellationToken cancellation)
    {
        await Sockets.SendAllAsync(socket, new byte[1], cancellation);
        await Sockets.ReceiveAllAsync(socket, new byte[1], cancellation);
    }

    private static async Task EchoTwiceAsync(Socket socket, CancellationToken cancellation)
    {
        for (int i = 0; i < 2; i++)
        {
            byte[] octet = new byte[1];
            await Sockets.ReceiveAllAsync(socket, octet, cancellation);
            await Sockets.SendAllAsync(socket, octet, cancellation);
        }
    }
}
