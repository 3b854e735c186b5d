using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>UDP: questions that are asked until they are answered, by one datagram or by a stream of them.</summary>
internal sealed class DatagramTalk(int sockets, int questions) : ITalk
{
    private const int StreamEvery = 16;
    private const int StreamDatagrams = 40;
    private const int PatienceMilliseconds = 200;
    private const int LongestDatagram = 1200;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        using Socket server = responder.OpenUdp(Services.Datagrams);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task serving = ServeAsync(server, initiator.EndPoint(0), done.Token);
        await Task.WhenAll(Enumerable.Range(0, sockets).Select(i => AskAllAsync(initiator, responder, new Random(seed + i), cancellation)));
        await done.CancelAsync();
        await serving;
    }

    private async Task AskAllAsync(Host initiator, Host responder, Random random, CancellationToken cancellation)
    {
        using Socket socket = initiator.OpenUdp();
        await socket.ConnectAsync(responder.EndPoint(Services.Datagrams), cancellation);
        for (int number = 1; number <= questions; number++)
        {
            byte[] question = new byte[random.Next(4, LongestDatagram)];
            BinaryPrimitives.WriteInt32BigEndian(question, number);
            do
            {
                await socket.SendAsync(question, cancellation);
            }
            while (!await IsAnsweredAsync(socket, number, cancellation));
        }
    }

    private static async Task<bool> IsAnsweredAsync(Socket socket, int number, CancellationToken cancellation)
    {
        byte[] answer = new byte[LongestDatagram];
        while (await Sockets.ReceiveInTimeAsync(socket, answer, PatienceMilliseconds, cancellation))
        {
            if (BinaryPrimitives.ReadInt32BigEndian(answer) == number)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task ServeAsync(Socket server, EndPoint any, CancellationToken cancellation)
    {
        byte[] question = new byte[LongestDatagram];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await server.ReceiveFromAsync(question, any, cancellation);
                int answers = BinaryPrimitives.ReadInt32BigEndian(question) % StreamEvery == 0 ? StreamDatagrams : 1;
                for (int i = 0; i < answers; i++)
                {
                    await server.SendToAsync(question.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Every question was asked.
        }
    }
}
