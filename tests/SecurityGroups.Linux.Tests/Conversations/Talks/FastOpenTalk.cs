using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>TCP fast open (RFC 7413): but for the first, which asks for a cookie, connections carry their question on the SYN.</summary>
internal sealed class FastOpenTalk(int connections) : ITalk
{
    private const int QuestionOctets = 200;
    private const int AnswerOctets = 5000;

    // TCP_FASTOPEN_CONNECT: connect() only prepares, the first send sends the SYN.
    private const int FastOpenConnectOption = 30;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        using Socket listener = responder.Listen(Services.FastOpen);
        await Task.WhenAll(
            Sockets.ServeAsync(listener, connections, socket => AnswerAsync(socket, cancellation), cancellation),
            OpenAllAsync(initiator, responder, cancellation));
    }

    private async Task OpenAllAsync(Host initiator, Host responder, CancellationToken cancellation)
    {
        for (int i = 0; i < connections; i++)
        {
            using Socket socket = initiator.OpenTcp();
            socket.SetRawSocketOption((int)ProtocolType.Tcp, FastOpenConnectOption, BitConverter.GetBytes(1));
            await socket.ConnectAsync(responder.EndPoint(Services.FastOpen), cancellation);
            await Sockets.SendAllAsync(socket, new byte[QuestionOctets], cancellation);
            await Sockets.ReceiveAllAsync(socket, new byte[AnswerOctets], cancellation);
        }
    }

    private static async Task AnswerAsync(Socket socket, CancellationToken cancellation)
    {
        await Sockets.ReceiveAllAsync(socket, new byte[QuestionOctets], cancellation);
        await Sockets.SendAllAsync(socket, new byte[AnswerOctets], cancellation);
        await Sockets.ReceiveEndAsync(socket, cancellation);
    }
}
