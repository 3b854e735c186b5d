using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>The whole packet, 64-octet TCP frames in, decisions out: of established connections in random order, of new ones, denied.</summary>
internal sealed class PacketRace : IDisposable
{
    private const int Burst = 32;
    private static readonly TimeSpan s_roundTime = TimeSpan.FromHours(1);
    private readonly Decision[] _decisions = new Decision[Burst];
    private readonly TcpConversations _conversations;
    private TimeSpan _now = TimeSpan.Zero;

    private PacketRace(int connections, int maxConnections) => _conversations = new TcpConversations(connections, maxConnections);

    public static void RunEstablished(int connections)
    {
        using PacketRace race = new(connections, Math.Max(65_536, connections));
        string what = $"packet {connections}";
        RaceCommand.Print(what, "bursts", Pace.Measure(() => race.Bursts(expectAllowed: true), race._conversations.FillRing));
        RaceCommand.Print(what, "single", Pace.Measure(race.OneByOne, race._conversations.FillRing));
    }

    /// <summary>Each round's connections have expired before the next, and their entries are taken again.</summary>
    public static void RunNew(int maxConnections)
    {
        using PacketRace race = new(1, maxConnections);
        int round = 0;
        void NextRound()
        {
            race._now += s_roundTime;
            race._conversations.FillRingWithSyns(++round);
        }

        RaceCommand.Print($"new connections {maxConnections}", "bursts", Pace.Measure(() => race.Bursts(expectAllowed: true), NextRound));
        race._conversations.FillRingWithDenied();
        RaceCommand.Print($"denied {maxConnections}", "bursts", Pace.Measure(() => race.Bursts(expectAllowed: false)));
    }

    public void Dispose() => _conversations.Dispose();

    private int Bursts(bool expectAllowed)
    {
        int allowed = 0;
        for (int i = 0; i < TcpConversations.RingLength; i += Burst)
        {
            allowed += _conversations.Nic.Filter(Direction.Ingress, _conversations.Ring, _conversations.Slices.AsSpan(i, Burst), _decisions, _now);
        }

        return Check(allowed, expectAllowed);
    }

    private int OneByOne()
    {
        int allowed = 0;
        for (int i = 0; i < TcpConversations.RingLength; i++)
        {
            allowed += _conversations.Nic.Filter(Direction.Ingress, _conversations.Frame(i), _now).IsAllowed ? 1 : 0;
        }

        return Check(allowed, expectAllowed: true);
    }

    private static int Check(int allowed, bool expectAllowed) => allowed == (expectAllowed ? TcpConversations.RingLength : 0)
        ? TcpConversations.RingLength
        : throw new InvalidOperationException($"{allowed} of {TcpConversations.RingLength} packets were allowed.");
}
