using System.Collections.Concurrent;
using SecurityGroups.Tracking;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>
/// What a .NET user has today: a <see cref="ConcurrentDictionary{TKey,TValue}"/> of IPv4 five-tuples, with neither timeouts nor a bound.
/// </summary>
internal sealed class NaiveTable
{
    private readonly ConcurrentDictionary<(ulong Addresses, uint Ports), State> _states = new();

    public void Add(in FlowKey key) => _states[(key.AddressWord, key.Ports)] = new State();

    /// <summary>How many are found; each notes that it was seen.</summary>
    public int Find(ReadOnlySpan<FlowKey> keys)
    {
        int found = 0;
        foreach (ref readonly FlowKey key in keys)
        {
            if (_states.TryGetValue((key.AddressWord, key.Ports), out State? state))
            {
                Volatile.Write(ref state.LastSeen, 1);
                found++;
            }
        }

        return found;
    }

    private sealed class State
    {
        public long LastSeen;
    }
}
