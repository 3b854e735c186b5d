using System.Runtime.CompilerServices;

namespace SecurityGroups.Tracking;

/// <summary>The connections of one zone, oldest first, a list for each rank: where a NIC at its quota finds what may go.</summary>
/// <remarks>
/// <para>A sample of the whole table would seldom meet a connection of one NIC among thousands. So zones with a quota keep lists; others do
/// not, and the links, an array beside the entries, are memory that they never touch.</para>
/// <para>Representation: rings of links; the oldest one is remembered, its previous one is the youngest. Order is that of entering the rank, or
/// of being passed over because it was not idle.</para>
/// <para>Any thread; a spin lock around a few loads and stores. Lock order: an entry's lock may be held when this one is taken, never the other way
/// round; so what is found here may be gone a moment later and is judged again under its own lock. Who moves a connection owns its entry, by its lock
/// or because it is not published: otherwise the links could be those of another zone by then.</para>
/// </remarks>
internal sealed class RankLists(AlignedArray<RankLink> links)
{
    private int _lock;
    private Heads _oldest;
    private bool _isUsed;

    /// <summary>Whether the zone ever had a quota.</summary>
    public bool IsUsed => Volatile.Read(ref _isUsed);

    public void Use()
    {
        if (!IsUsed)
        {
            Volatile.Write(ref _isUsed, true);
        }
    }

    /// <summary>Makes a connection the youngest of a rank, or the oldest, wherever it was before.</summary>
    public void Put(uint index, ConnectionRank rank, bool asOldest = false)
    {
        Lock();
        Unlink(index);
        Append(index, rank);
        if (asOldest)
        {
            // In a ring before the oldest is behind the youngest.
            _oldest[(int)rank] = index + 1;
        }

        Unlock();
    }

    /// <summary>Makes a connection the youngest of its rank, if it is still there.</summary>
    public void Renew(uint index, ConnectionRank rank)
    {
        Lock();
        if (links[index].Next != 0 && links[index].Rank == rank)
        {
            Unlink(index);
            Append(index, rank);
        }

        Unlock();
    }

    /// <summary>Makes a connection that is in no list the youngest of a rank.</summary>
    public void Adopt(uint index, ConnectionRank rank)
    {
        Lock();
        if (links[index].Next == 0)
        {
            Append(index, rank);
        }

        Unlock();
    }

    /// <summary>Takes a connection out of its list, if it is in one.</summary>
    public void Remove(uint index)
    {
        if (IsUsed)
        {
            Lock();
            Unlink(index);
            Unlock();
        }
    }

    /// <summary>Copies the oldest of a rank; returns how many.</summary>
    public int CopyOldest(ConnectionRank rank, Span<uint> indexes)
    {
        Lock();
        int count = 0;
        uint oldest = _oldest[(int)rank];
        for (uint next = oldest; next != 0 && count < indexes.Length && (count == 0 || next != oldest); next = links[next - 1].Next)
        {
            indexes[count++] = next - 1;
        }

        Unlock();
        return count;
    }

    /// <summary>Whether a connection of this rank is in its list, or in none. Only while nothing else runs.</summary>
    public bool AgreesOn(uint index, ConnectionRank rank) => links[index].Next == 0 || links[index].Rank == rank;

    /// <summary>What is wrong with the lists of these connections, or null. Only while nothing else runs.</summary>
    public string? FindDamage(HashSet<uint> members)
    {
        HashSet<uint> listed = [];
        foreach (ConnectionRank rank in Enum.GetValues<ConnectionRank>())
        {
            uint oldest = _oldest[(int)rank];
            for (uint next = oldest; next != 0 && (next != oldest || !listed.Contains(next - 1)); next = links[next - 1].Next)
            {
                if (!members.Contains(next - 1) || !listed.Add(next - 1) || links[links[next - 1].Next - 1].Previous != next || links[next - 1].Rank != rank)
                {
                    return $"entry {next - 1} is in a list of {rank} connections where it does not belong";
                }
            }
        }

        return members.Count(index => links[index].Next != 0) == listed.Count ? null : "a linked connection is in no list";
    }

    private void Append(uint index, ConnectionRank rank)
    {
        uint own = index + 1;
        ref uint oldest = ref _oldest[(int)rank];
        oldest = oldest == 0 ? own : oldest;
        uint youngest = oldest == own ? own : links[oldest - 1].Previous;
        links[index] = new RankLink { Previous = youngest, Next = oldest, Rank = rank };
        links[youngest - 1].Next = own;
        links[oldest - 1].Previous = own;
    }

    private void Unlink(uint index)
    {
        RankLink link = links[index];
        if (link.Next == 0)
        {
            return;
        }

        links[link.Previous - 1].Next = link.Next;
        links[link.Next - 1].Previous = link.Previous;
        ref uint oldest = ref _oldest[(int)link.Rank];
        if (oldest == index + 1)
        {
            oldest = link.Next == index + 1 ? 0 : link.Next;
        }

        links[index] = default;
    }

    private void Lock()
    {
        SpinWait spin = default;
        Interleaving.Step();
        while (Volatile.Read(ref _lock) != 0 || Interlocked.CompareExchange(ref _lock, 1, 0) != 0)
        {
            Interleaving.Spin();
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Unlock()
    {
        Interleaving.Step();
        Volatile.Write(ref _lock, 0);
    }

    [InlineArray(6)]
    private struct Heads
    {
        private uint _first;
    }
}
