using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>The ways of asking a <see cref="NicFilter"/>.</summary>
internal static class Judges
{
    public static IJudge Create(Asking asking, NicFilter nic) => asking switch
    {
        Asking.OneByOne => new OneByOne(nic),
        Asking.Bursts => new Bursts(nic),
        _ => new Timed(nic),
    };

    private sealed class OneByOne(NicFilter nic) : IJudge
    {
        public void Decide(Direction direction, List<byte[]> packets, Span<Decision> decisions)
        {
            for (int i = 0; i < packets.Count; i++)
            {
                decisions[i] = nic.Filter(direction, packets[i]);
            }
        }
    }

    private sealed class Bursts(NicFilter nic) : IJudge
    {
        public void Decide(Direction direction, List<byte[]> packets, Span<Decision> decisions)
        {
            ReadOnlyMemory<byte>[] burst = [.. packets.Select(packet => new ReadOnlyMemory<byte>(packet))];
            nic.Filter(direction, burst, decisions);
        }
    }

    private sealed class Timed(NicFilter nic) : IJudge
    {
        public void Decide(Direction direction, List<byte[]> packets, Span<Decision> decisions)
        {
            foreach (ref readonly byte[] packet in CollectionsMarshal.AsSpan(packets))
            {
                decisions[0] = nic.Filter(direction, packet, Stopwatch.GetElapsedTime(0));
                decisions = decisions[1..];
            }
        }
    }
}
