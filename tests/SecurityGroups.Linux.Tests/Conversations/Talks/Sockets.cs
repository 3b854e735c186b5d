using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>What several talks do with sockets.</summary>
internal static class Sockets
{
    /// <summary>Accepts so many connections and holds the same talk with each, all at once.</summary>
    public static async Task ServeAsync(Socket listener, int connections, Func<Socket, Task> talk, CancellationToken cancellation)
    {
        List<Task> talks = [];
        for (int i = 0; i < connections; i++)
        {
            talks.Add(TalkAndCloseAsync(await listener.AcceptAsync(cancellation), talk));
        }

        await Task.WhenAll(talks);
    }

    /// <summary>Opens a connection from one host to a port of another.</summary>
    public static async Task<Socket> ConnectAsync(Host from, Host to, int port, CancellationToken cancellation)
    {
        Socket socket = from.OpenTcp();
        await socket.ConnectAsync(to.EndPoint(port), cancellation);
        return socket;
    }

    public static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken cancellation)
    {
        while (!octets.IsEmpty)
        {
            octets = octets[await socket.SendAsync(octets, cancellation)..];
        }
    }

    /// <summary>Fills the buffer.</summary>
    /// <exception cref="EndOfStreamException">The other end closed before.</exception>
    public static async Task ReceiveAllAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellation)
    {
        while (!buffer.IsEmpty)
        {
            int received = await socket.ReceiveAsync(buffer, cancellation);
            buffer = received > 0 ? buffer[received..] : throw new EndOfStreamException($"{buffer.Length} octets were still to come.");
        }
    }

    /// <summary>Waits for the other end to close.</summary>
    public static async Task ReceiveEndAsync(Socket socket, CancellationToken cancellation)
    {
        if (await socket.ReceiveAsync(new byte[1], cancellation) != 0)
        {
            throw new InvalidDataException("More octets came than were sent.");
        }
    }

    /// <summary>Receives, unless nothing comes for so long: false.</summary>
    public static async Task<bool> ReceiveInTimeAsync(Socket socket, Memory<byte> buffer, int milliseconds, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(milliseconds);
        try
        {
            await socket.ReceiveAsync(buffer, patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Closes at once with a reset.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private static async Task TalkAndCloseAsync(Socket socket, Func<Socket, Task> talk)
    {
        using (socket)
        {
            socket.NoDelay = true;
            await talk(socket);
        }
    }
}
