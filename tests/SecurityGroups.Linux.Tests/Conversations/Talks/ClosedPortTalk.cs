using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>Questions to ports where nobody listens: TCP is refused by a reset, UDP by an ICMP error.</summary>
internal sealed class ClosedPortTalk(int attempts) : ITalk
{
    private const int PatienceMilliseconds = 1_000;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        for (int i = 0; i < attempts; i++)
        {
            await ConnectAsync(initiator, responder, cancellation);
            await SendUntilRefusedAsync(initiator, responder, cancellation);
        }
    }

    private static async Task ConnectAsync(Host initiator, Host responder, CancellationToken cancellation)
    {
        try
        {
            (await Sockets.ConnectAsync(initiator, responder, Services.Closed, cancellation)).Dispose();
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return;
        }

        throw new InvalidDataException("A closed port accepted a connection.");
    }

    // A datagram or the error about it may be lost: then another is sent.
    private static async Task SendUntilRefusedAsync(Host initiator, Host responder, CancellationToken cancellation)
    {
        using Socket socket = initiator.OpenUdp();
        await socket.ConnectAsync(responder.EndPoint(Services.Closed), cancellation);
        try
        {
            while (true)
            {
                await socket.SendAsync(new byte[100], cancellation);
                await Sockets.ReceiveInTimeAsync(socket, new byte[1], PatienceMilliseconds, cancellation);
            }
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // As it must be.
        }
    }
}
