using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>Like SSH: keys one by one with pauses, each echoed, and now and then a screen of output that nobody asked for.</summary>
internal sealed class TrickleTalk(int connections, int keys) : ITalk
{
    private const int LongestPauseMilliseconds = 25;
    private const int ScreenEvery = 12;
    private const int ScreenOctets = 3000;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        using Socket listener = responder.Listen(Services.Trickle);
        IEnumerable<Task> clients = Enumerable.Range(0, connections).Select(i => TypeAsync(initiator, responder, new Random(seed + i), cancellation));
        await Task.WhenAll([Sockets.ServeAsync(listener, connections, socket => EchoAsync(socket, cancellation), cancellation), .. clients]);
    }

    private async Task TypeAsync(Host initiator, Host responder, Random random, CancellationToken cancellation)
    {
        using Socket socket = await Sockets.ConnectAsync(initiator, responder, Services.Trickle, cancellation);
        int expected = keys + (keys / ScreenEvery * ScreenOctets);
        Task screen = Sockets.ReceiveAllAsync(socket, new byte[expected], cancellation);
        for (int i = 0; i < keys; i++)
        {
            await Sockets.SendAllAsync(socket, new byte[1], cancellation);
            await Task.Delay(random.Next(LongestPauseMilliseconds), cancellation);
        }

        await screen;
        socket.Shutdown(SocketShutdown.Send);
        await Sockets.ReceiveEndAsync(socket, cancellation);
    }

    private static async Task EchoAsync(Socket socket, CancellationToken cancellation)
    {
        byte[] typed = new byte[64];
        int total = 0;
        while (await socket.ReceiveAsync(typed, cancellation) is > 0 and int received)
        {
            int screens = ((total + received) / ScreenEvery) - (total / ScreenEvery);
            total += received;
            await Sockets.SendAllAsync(socket, typed.AsMemory(0, received), cancellation);
            await Sockets.SendAllAsync(socket, new byte[screens * ScreenOctets], cancellation);
        }
    }
}
