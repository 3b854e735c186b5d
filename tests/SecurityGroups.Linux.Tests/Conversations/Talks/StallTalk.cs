using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>A receiver with a small buffer that does not read for a while, so that its window closes and the sender probes it; both ways.</summary>
internal sealed class StallTalk(int stalls, int stallMilliseconds) : ITalk
{
    private const int BufferOctets = 4096;
    private const int PortionOctets = 40_000;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        using Socket listener = responder.Listen(Services.Stall, BufferOctets);
        await Task.WhenAll(
            Sockets.ServeAsync(listener, 1, socket => ExchangeAsync(socket, cancellation), cancellation),
            OpenAsync(initiator, responder, cancellation));
    }

    private async Task OpenAsync(Host initiator, Host responder, CancellationToken cancellation)
    {
        using Socket socket = initiator.OpenTcp();
        socket.ReceiveBufferSize = BufferOctets;
        await socket.ConnectAsync(responder.EndPoint(Services.Stall), cancellation);
        await ExchangeAsync(socket, cancellation);
    }

    private async Task ExchangeAsync(Socket socket, CancellationToken cancellation)
    {
        Task sending = Sockets.SendAllAsync(socket, new byte[stalls * PortionOctets], cancellation);
        for (int i = 0; i < stalls; i++)
        {
            await Task.Delay(stallMilliseconds, cancellation);
            await Sockets.ReceiveAllAsync(socket, new byte[PortionOctets], cancellation);
        }

        await sending;
        socket.Shutdown(SocketShutdown.Send);
        await Sockets.ReceiveEndAsync(socket, cancellation);
    }
}
