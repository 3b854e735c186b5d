using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// Who is behind the library: keeps what the library holds and asks again, and puts together what it lets pass. Of a datagram in fragments
/// Linux says one thing, and only at the end, so it is the datagrams that are compared.
/// </summary>
internal sealed class Receiver(NicFilter nic)
{
    private readonly Dictionary<Direction, FragmentReceiver> _hosts = [];
    private readonly List<(int Index, Crossing Crossing, long Token)> _held = [];
    private readonly List<Decision> _decisions = [];

    /// <summary>What the library said in the end to each packet.</summary>
    public IReadOnlyList<Decision> Decisions => _decisions;

    /// <summary>Whose packets came through, whole.</summary>
    public List<DatagramKey> Arrived { get; } = [];

    public void Take(Crossing crossing)
    {
        Decision decision = nic.Filter(crossing.Direction, crossing.Packet);
        _decisions.Add(decision);
        if (decision.Verdict == Verdict.Hold)
        {
            _held.Add((_decisions.Count - 1, crossing, decision.HoldToken));
        }

        Deliver(crossing, decision);
        AskAgain();
    }

    private void AskAgain()
    {
        foreach ((int index, Crossing crossing, long token) in _held.ToArray())
        {
            Decision answer = nic.AskAgain(crossing.Direction, token);
            _decisions[index] = answer;
            if (answer.Verdict != Verdict.Hold)
            {
                _held.Remove((index, crossing, token));
                Deliver(crossing, answer);
            }
        }
    }

    private void Deliver(Crossing crossing, Decision decision)
    {
        if (decision.IsAllowed && (FragmentReader.Read(crossing.Packet) is not { } piece || HostOf(crossing).Take(piece) is not null))
        {
            Arrived.Add(DatagramKey.Of(crossing));
        }
    }

    private FragmentReceiver HostOf(Crossing crossing)
    {
        if (!_hosts.TryGetValue(crossing.Direction, out FragmentReceiver? host))
        {
            _hosts[crossing.Direction] = host = new FragmentReceiver(crossing.Packet[0] >> 4 == 4, lastWins: false);
        }

        return host;
    }
}
