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
        using CancellationTokenSource allOpened = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task serving = ServeAsync(listener, allOpened.Token, cancellation);
        await OpenAllAsync(initiator, responder, cancellation);
        await allOpened.CancelAsync();
        await serving;
    }

    private async Task ServeAsync(Socket listener, CancellationToken allOpened, CancellationToken cancellation)
    {
        List<Task<bool>> talks = [];
        try
        {
            while (true)
            {
                talks.Add(TryAnswerAsync(await listener.AcceptAsync(allOpened), cancellation));
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            bool[] answered = await Task.WhenAll(talks);
            Assert.Equal(connections, answered.Count(each => each));
        }
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

    // A SYN that the network doubled may open another connection when the first is over (RFC 7413, 2.1): its initiator resets it.
    private static async Task<bool> TryAnswerAsync(Socket socket, CancellationToken cancellation)
    {
        using (socket)
        {
            try
            {
                await Sockets.ReceiveAllAsync(socket, new byte[QuestionOctets], cancellation);
                await Sockets.SendAllAsync(socket, new byte[AnswerOctets], cancellation);
                await Sockets.ReceiveEndAsync(socket, cancellation);
                return true;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                return false;
            }
        }
    }
}
