using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>Questions to ports where nobody listens: TCP is refused by a reset, UDP by an ICMP error.</summary>
internal sealed class ClosedPortTalk(int attempts) : ITalk
{
    private const int PatienceMilliseconds = 1_000;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        int unreachable = 0;
        for (int i = 0; i < attempts; i++)
        {
            await ConnectAsync(initiator, responder, cancellation);
            unreachable += await IsUnreachableAsync(initiator, responder, cancellation) ? 1 : 0;
        }

        if (unreachable < attempts / 2)
        {
            throw new InvalidDataException($"Of {attempts} datagrams to a closed port only {unreachable} came back as an error.");
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

    private static async Task<bool> IsUnreachableAsync(Host initiator, Host responder, CancellationToken cancellation)
    {
        using Socket socket = initiator.OpenUdp();
        await socket.ConnectAsync(responder.EndPoint(Services.Closed), cancellation);
        await socket.SendAsync(new byte[100], cancellation);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(PatienceMilliseconds);
        try
        {
            await socket.ReceiveAsync(new byte[1], patience.Token);
            return false;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
