using SecurityGroups.Tracking;

namespace SecurityGroups.Saving;

/// <summary>The connections of a stream that wait for the rest of it to prove good. Not thread-safe.</summary>
/// <remarks>
/// Holds at most as many as the table could take, whatever a stream says or sends; of more it keeps the assured ones. About 190 octets a
/// connection until they are in the table.
/// </remarks>
internal sealed class RestoreBatch(int capacity)
{
    private readonly List<(ConnectionImage Image, int MaxInZone)> _assured = [];
    private readonly List<(ConnectionImage Image, int MaxInZone)> _others = [];
    private readonly long[] _counts = new long[Enum.GetValues<RestoreOutcome>().Length];

    /// <summary>Takes a connection whose key has no zone yet, or counts why it is skipped.</summary>
    public void Add(in ConnectionImage image, NicTarget target)
    {
        if (target.Outcome != RestoreOutcome.Restored)
        {
            Count(target.Outcome);
            return;
        }

        if (_assured.Count + _others.Count == capacity && !TryMakeRoom(image.State.IsAssured))
        {
            Count(RestoreOutcome.NoRoom);
            return;
        }

        ConnectionImage placed = image;
        placed.Key = image.Key.InZone(target.Zone);
        (image.State.IsAssured ? _assured : _others).Add((placed, target.MaxConnections));
    }

    /// <summary>Puts them into a table, the assured ones first.</summary>
    public RestoreResult Restore(ConnectionTracker tracker, long nowMilliseconds, long downtimeMilliseconds)
    {
        foreach (List<(ConnectionImage Image, int MaxInZone)> images in new[] { _assured, _others })
        {
            foreach (int i in FromTheFreshest(images))
            {
                Count(tracker.Restore(images[i].Image, nowMilliseconds, downtimeMilliseconds, images[i].MaxInZone));
            }
        }

        return new RestoreResult(
            _counts[(int)RestoreOutcome.Restored],
            _counts[(int)RestoreOutcome.UnknownNic],
            _counts[(int)RestoreOutcome.NotTracked],
            _counts[(int)RestoreOutcome.Expired],
            _counts[(int)RestoreOutcome.AlreadyThere],
            _counts[(int)RestoreOutcome.NoRoom]);
    }

    // Where room is short, who was heard of last goes in; and so does the new one of two of the same five-tuple, which was used anew during the
    // save, the last of both when they are equally fresh.
    private static int[] FromTheFreshest(List<(ConnectionImage Image, int MaxInZone)> images)
    {
        (long Idle, int Place)[] keys = [.. images.Select((image, place) => (image.Image.IdleMilliseconds, -place))];
        int[] order = [.. Enumerable.Range(0, images.Count)];
        Array.Sort(keys, order);
        return order;
    }

    private bool TryMakeRoom(bool forAssured)
    {
        if (!forAssured || _others.Count == 0)
        {
            return false;
        }

        _others.RemoveAt(_others.Count - 1);
        Count(RestoreOutcome.NoRoom);
        return true;
    }

    private void Count(RestoreOutcome outcome) => _counts[(int)outcome]++;
}
