using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>Echo requests, which the other end's kernel answers.</summary>
internal sealed class PingTalk(int requests) : ITalk
{
    private const int PauseMilliseconds = 5;
    private const int PatienceMilliseconds = 10_000;
    private const int LongestPayload = 1200;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        using Socket socket = initiator.OpenIcmp();
        await socket.ConnectAsync(new IPEndPoint(responder.Address, 0), cancellation);
        ushort identifier = (ushort)new Random(seed).Next(1, 65536);
        HashSet<int> answered = [];
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task listening = ListenAsync(socket, identifier, answered, requests * 3 / 4, done.Token);
        await AskAsync(socket, initiator, responder, identifier, new Random(seed), cancellation);
        done.CancelAfter(PatienceMilliseconds);
        await listening;
        if (answered.Count < requests * 3 / 4)
        {
            throw new InvalidDataException($"Of {requests} echo requests only {answered.Count} were answered.");
        }
    }

    private async Task AskAsync(Socket socket, Host initiator, Host responder, ushort identifier, Random random, CancellationToken cancellation)
    {
        int headerOctets = initiator.Address.AddressFamily == AddressFamily.InterNetwork ? 20 : 40;
        for (int number = 0; number < requests; number++)
        {
            byte[] packet = PacketBuilder.Ip(initiator.Address, responder.Address)
                .EchoRequest(identifier, (ushort)number).Payload(new byte[random.Next(LongestPayload)]).Build();
            await socket.SendAsync(packet.AsMemory(headerOctets), cancellation);
            await Task.Delay(random.Next(PauseMilliseconds), cancellation);
        }
    }

    private static async Task ListenAsync(Socket socket, ushort identifier, HashSet<int> answered, int enough, CancellationToken cancellation)
    {
        byte[] buffer = new byte[2000];
        try
        {
            while (answered.Count < enough)
            {
                int received = await socket.ReceiveAsync(buffer, cancellation);
                // IPv4 gives its header too.
                Memory<byte> message = buffer.AsMemory(0, received)[(socket.AddressFamily == AddressFamily.InterNetwork ? 20 : 0)..];
                Note(message.Span, identifier, answered);
            }
        }
        catch (OperationCanceledException)
        {
            // No answer can come any more.
        }
    }

    private static void Note(ReadOnlySpan<byte> message, ushort identifier, HashSet<int> answered)
    {
        if (message[0] is 0 or 129 && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == identifier)
        {
            answered.Add(BinaryPrimitives.ReadUInt16BigEndian(message[6..]));
        }
    }
}
