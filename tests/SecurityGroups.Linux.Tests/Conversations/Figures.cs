using System.Globalization;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>How many packets came to the library, by talk, by reason, and by what the network did to them. Not thread-safe.</summary>
internal sealed class Figures
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Packets of real stacks that were judged.</summary>
    public long Packets { get; private set; }

    /// <summary>Packets of the intruder that were judged.</summary>
    public long Intruders { get; private set; }

    public long this[string name] => _counts.GetValueOrDefault(name);

    public void Count(in Crossed crossed)
    {
        if (crossed.IsIntruder)
        {
            Intruders++;
            Add($"intruder {crossed.Decision.Reason}", 1);
            return;
        }

        Packets++;
        Add($"talk {PacketText.TalkOf(crossed.Packet)}", 1);
        Add($"{crossed.Direction} {crossed.Decision.Reason}", 1);
    }

    public void Add(string name, long count) => _counts[name] = this[name] + count;

    public void Add(Figures other)
    {
        Packets += other.Packets;
        Intruders += other.Intruders;
        foreach ((string name, long count) in other._counts)
        {
            Add(name, count);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Packets:N0} packets, {Intruders:N0} of an intruder: {string.Join(", ", _counts.Select(each => $"{each.Key} {each.Value}"))}");
}
