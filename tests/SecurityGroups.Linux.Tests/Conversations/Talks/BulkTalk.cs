using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>Connections that carry many octets both ways at once; each end closes its half when it has sent all.</summary>
internal sealed class BulkTalk(int connections, int octetsEachWay) : ITalk
{
    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        byte[] data = new byte[octetsEachWay];
        new Random(seed).NextBytes(data);
        using Socket listener = responder.Listen(Services.Bulk);
        IEnumerable<Task> clients = Enumerable.Range(0, connections).Select(_ => OpenAsync(initiator, responder, data, cancellation));
        await Task.WhenAll([Sockets.ServeAsync(listener, connections, socket => ExchangeAsync(socket, data, cancellation), cancellation), .. clients]);
    }

    private static async Task OpenAsync(Host initiator, Host responder, byte[] data, CancellationToken cancellation)
    {
        using Socket socket = await Sockets.ConnectAsync(initiator, responder, Services.Bulk, cancellation);
        await ExchangeAsync(socket, data, cancellation);
    }

    private static async Task ExchangeAsync(Socket socket, byte[] data, CancellationToken cancellation) =>
        await Task.WhenAll(SendAsync(socket, data, cancellation), ReceiveAsync(socket, data, cancellation));

    private static async Task SendAsync(Socket socket, byte[] data, CancellationToken cancellation)
    {
        await Sockets.SendAllAsync(socket, data, cancellation);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task ReceiveAsync(Socket socket, byte[] expected, CancellationToken cancellation)
    {
        byte[] received = new byte[expected.Length];
        await Sockets.ReceiveAllAsync(socket, received, cancellation);
        await Sockets.ReceiveEndAsync(socket, cancellation);
        if (!received.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidDataException("Other octets came than were sent.");
        }
    }
}
