namespace SecurityGroups.Tests.Support;

/// <summary>One direction of a link that loses, repeats and reorders, and drops what does not fit into its queue.</summary>
internal sealed class BadLink(Random random)
{
    private const int ReorderDepth = 4;
    private const int Slots = 12;

    private readonly List<TcpPeerSegment> _queue = [];

    public void Put(TcpPeerSegment segment)
    {
        if (_queue.Count < Slots)
        {
            _queue.Add(segment);
        }
    }

    /// <summary>One of the next few, or null: lost one time in ten, left in the queue to come again one time in ten.</summary>
    public TcpPeerSegment? Take()
    {
        if (_queue.Count == 0)
        {
            return null;
        }

        int index = random.Next(Math.Min(ReorderDepth, _queue.Count));
        TcpPeerSegment segment = _queue[index];
        int fate = random.Next(10);
        if (fate != 0)
        {
            _queue.RemoveAt(index);
        }

        return fate == 1 ? null : segment;
    }
}
