using System.Text;
using SecurityGroups.Tracking;

namespace SecurityGroups.Saving;

/// <summary>Writes the connections of some NICs while packets go on; one object a stream, one thread.</summary>
/// <remarks>
/// Walks the table once and locks each entry for a moment, as packets do. A connection is saved as it was when visited; one that begins during
/// the walk may be missing. Holds one section, 64 KiB, whatever the number of connections.
/// </remarks>
internal sealed class ConnectionStreamWriter(ConnectionTracker tracker, IReadOnlyList<(string Id, uint Zone)> nics, long? savedAt, long nowMilliseconds)
{
    private readonly SectionBuffer _section = new();

    /// <summary>Connections written so far.</summary>
    public long Count { get; private set; }

    /// <summary>The stream in parts; each is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        yield return _section.Header(savedAt);
        foreach (ReadOnlyMemory<byte> part in NicParts())
        {
            yield return part;
        }

        foreach (ReadOnlyMemory<byte> part in ConnectionParts())
        {
            yield return part;
        }

        _section.Begin(SectionKind.End);
        WriteCount();
        yield return _section.End();
    }

    private IEnumerable<ReadOnlyMemory<byte>> NicParts()
    {
        _section.Begin(SectionKind.Nics);
        foreach ((string id, _) in nics)
        {
            if (_section.Free.Length < sizeof(ushort) + ConnectionStreamFormat.MaxNicIdOctets)
            {
                yield return _section.End();
                _section.Begin(SectionKind.Nics);
            }

            WriteNic(id);
        }

        yield return _section.End();
    }

    private IEnumerable<ReadOnlyMemory<byte>> ConnectionParts()
    {
        Dictionary<uint, uint> numbers = nics.Select((nic, place) => (nic.Zone, Number: (uint)place)).ToDictionary(nic => nic.Zone, nic => nic.Number);
        _section.Begin(SectionKind.Connections);
        for (uint index = 0; index < tracker.Table.Used; index++)
        {
            if (!tracker.TryCopy(index, nowMilliseconds, out ConnectionImage image) || !numbers.TryGetValue(image.Key.Zone, out uint nic))
            {
                continue;
            }

            if (_section.Free.Length < ConnectionRecord.MaxOctets)
            {
                yield return _section.End();
                _section.Begin(SectionKind.Connections);
            }

            WriteConnection(image, nic);
        }

        yield return _section.End();
    }

    private void WriteNic(string id)
    {
        OctetWriter writer = new(_section.Free);
        ReadOnlySpan<byte> octets = Encoding.UTF8.GetBytes(id);
        writer.UInt16((ushort)octets.Length);
        writer.Octets(octets);
        _section.Advance(writer.Written);
    }

    private void WriteConnection(in ConnectionImage image, uint nic)
    {
        OctetWriter writer = new(_section.Free);
        ConnectionRecord.Write(ref writer, image, nic);
        _section.Advance(writer.Written);
        Count++;
    }

    private void WriteCount()
    {
        OctetWriter writer = new(_section.Free);
        writer.UInt64((ulong)Count);
        _section.Advance(writer.Written);
    }
}
