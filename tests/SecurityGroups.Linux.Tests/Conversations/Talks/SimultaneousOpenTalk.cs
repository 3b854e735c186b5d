using System.Net;
using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>Both ends connect to each other at once (RFC 9293, 3.5). Where one SYN is faster than the other end, that open fails and is done again.</summary>
internal sealed class SimultaneousOpenTalk(int opens) : ITalk
{
    private const int MostAttempts = 50;
    private const int FirstPort = 20_000;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        int done = 0;
        for (int attempt = 0; done < opens; attempt++)
        {
            if (attempt == MostAttempts)
            {
                throw new InvalidDataException($"Of {opens} simultaneous opens only {done} succeeded in {MostAttempts} attempts.");
            }

            done += await TryOpenAsync(initiator, Services.SimultaneousOpen, responder, FirstPort + attempt, cancellation) ? 1 : 0;
        }
    }

    private static async Task<bool> TryOpenAsync(Host one, int port, Host other, int otherPort, CancellationToken cancellation)
    {
        using Socket first = Bind(one, port);
        using Socket second = Bind(other, otherPort);
        try
        {
            await Task.WhenAll(ConnectAsync(first, other.EndPoint(otherPort), cancellation), ConnectAsync(second, one.EndPoint(port), cancellation));
        }
        catch (SocketException)
        {
            return false;
        }

        await Task.WhenAll(ExchangeAsync(first, cancellation), ExchangeAsync(second, cancellation));
        return true;
    }

    private static async Task ConnectAsync(Socket socket, IPEndPoint other, CancellationToken cancellation) => await socket.ConnectAsync(other, cancellation);

    private static Socket Bind(Host host, int port)
    {
        Socket socket = host.OpenTcp();
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(host.EndPoint(port));
        return socket;
    }

    private static async Task ExchangeAsync(Socket socket, CancellationToken cancellation)
    {
        await Sockets.SendAllAsync(socket, new byte[100], cancellation);
        await Sockets.ReceiveAllAsync(socket, new byte[100], cancellation);
        socket.Shutdown(SocketShutdown.Send);
        await Sockets.ReceiveEndAsync(socket, cancellation);
    }
}
