using System.Buffers.Binary;
using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>Many connections with one question and one answer, several at a time, that end in every way a connection can.</summary>
internal sealed class ShortTalk(int connections, int atOnce) : ITalk
{
    private const int LongestMessage = 6000;
    private const int HeaderOctets = 9;
    private const int PatienceMilliseconds = 300;

    public async Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation)
    {
        using Socket listener = responder.Listen(Services.Short);
        Question[] questions = [.. Questions(new Random(seed))];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation };
        await Task.WhenAll(
            Sockets.ServeAsync(listener, connections, socket => AnswerAsync(socket, cancellation), cancellation),
            Parallel.ForEachAsync(questions, parallel, async (question, stop) => await AskAsync(initiator, responder, question, stop)));
    }

    private IEnumerable<Question> Questions(Random random)
    {
        Ending[] endings = Enum.GetValues<Ending>();
        for (int i = 0; i < connections; i++)
        {
            yield return new Question(endings[random.Next(endings.Length)], random.Next(LongestMessage), random.Next(LongestMessage));
        }
    }

    private static async Task AskAsync(Host initiator, Host responder, Question question, CancellationToken cancellation)
    {
        using Socket socket = await Sockets.ConnectAsync(initiator, responder, Services.Short, cancellation);
        try
        {
            await AskAsync(socket, question, cancellation);
        }
        catch (Exception exception) when (MayBreak(question.Ending) && exception is SocketException or EndOfStreamException)
        {
            // A reset overtakes what was sent before it.
        }
    }

    private static async Task AskAsync(Socket socket, Question question, CancellationToken cancellation)
    {
        if (question.Ending == Ending.Silent)
        {
            return;
        }

        await Sockets.SendAllAsync(socket, question.Write(), cancellation);
        if (question.Ending == Ending.HalfClose)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        if (question.Ending == Ending.Abandoned)
        {
            return;
        }

        if (question.Ending == Ending.ResponderResets)
        {
            // A reset is sent once and may be lost, and with it the end of the answer: then nobody tells this end.
            await Sockets.ReceiveInTimeAsync(socket, new byte[question.AnswerOctets], PatienceMilliseconds, cancellation);
            return;
        }

        await Sockets.ReceiveAllAsync(socket, new byte[question.AnswerOctets], cancellation);
        if (question.Ending is Ending.ResponderCloses or Ending.HalfClose)
        {
            await Sockets.ReceiveEndAsync(socket, cancellation);
        }
        else if (question.Ending == Ending.InitiatorResets)
        {
            Sockets.Reset(socket);
        }
    }

    private static async Task AnswerAsync(Socket socket, CancellationToken cancellation)
    {
        Ending ending = Ending.Silent;
        try
        {
            byte[] header = new byte[HeaderOctets];
            await Sockets.ReceiveAllAsync(socket, header, cancellation);
            Question question = Question.Read(header);
            ending = question.Ending;
            await AnswerAsync(socket, question, cancellation);
        }
        catch (Exception exception) when (MayBreak(ending) && exception is SocketException or EndOfStreamException)
        {
            // The initiator did not wait.
        }
    }

    private static async Task AnswerAsync(Socket socket, Question question, CancellationToken cancellation)
    {
        await Sockets.ReceiveAllAsync(socket, new byte[question.QuestionOctets], cancellation);
        if (question.Ending == Ending.HalfClose)
        {
            await Sockets.ReceiveEndAsync(socket, cancellation);
        }

        await Sockets.SendAllAsync(socket, new byte[question.AnswerOctets], cancellation);
        if (question.Ending == Ending.InitiatorCloses)
        {
            await Sockets.ReceiveEndAsync(socket, cancellation);
        }
        else if (question.Ending == Ending.InitiatorResets)
        {
            // A reset is sent once and may be lost: then nobody tells this end.
            await Sockets.ReceiveInTimeAsync(socket, new byte[1], PatienceMilliseconds, cancellation);
        }
        else if (question.Ending == Ending.ResponderResets)
        {
            Sockets.Reset(socket);
        }
    }

    private static bool MayBreak(Ending ending) => ending is Ending.InitiatorResets or Ending.ResponderResets or Ending.Abandoned or Ending.Silent;

    private readonly record struct Question(Ending Ending, int QuestionOctets, int AnswerOctets)
    {
        public byte[] Write()
        {
            byte[] octets = new byte[HeaderOctets + QuestionOctets];
            octets[0] = (byte)Ending;
            BinaryPrimitives.WriteInt32BigEndian(octets.AsSpan(1), QuestionOctets);
            BinaryPrimitives.WriteInt32BigEndian(octets.AsSpan(5), AnswerOctets);
            return octets;
        }

        public static Question Read(ReadOnlySpan<byte> header) =>
            new((Ending)header[0], BinaryPrimitives.ReadInt32BigEndian(header[1..]), BinaryPrimitives.ReadInt32BigEndian(header[5..]));
    }
}
