namespace SecurityGroups.Tests.Support;

/// <summary>
/// A host that puts datagrams together as the weakest of hosts do: overlaps are welcome, nothing is ever too old, and of two octets for one
/// place either the first or the last counts (RFC 791; "Target-based fragmentation reassembly", Novak 2005). IPv6 tells datagrams apart by
/// identification alone, and the first fragment names the protocol (RFC 8200, 4.5).
/// </summary>
internal sealed class FragmentReceiver(bool isIPv4, bool lastWins)
{
    private readonly Dictionary<(uint Identification, byte Protocol), Datagram> _datagrams = [];

    /// <summary>The datagram that a piece completes, or null.</summary>
    public (byte Protocol, byte[] Octets)? Take(FragmentOfDatagram piece)
    {
        if (piece.IsWhole)
        {
            return (piece.Protocol, piece.Octets);
        }

        (uint Identification, byte Protocol) key = (piece.Identification, isIPv4 ? piece.Protocol : (byte)0);
        if (!_datagrams.TryGetValue(key, out Datagram? datagram))
        {
            _datagrams[key] = datagram = new Datagram();
        }

        datagram.Put(piece, lastWins);
        if (!datagram.IsComplete)
        {
            return null;
        }

        _datagrams.Remove(key);
        return (datagram.Protocol, datagram.Octets);
    }

    private sealed class Datagram
    {
        private readonly SortedDictionary<int, byte> _octets = [];
        private int? _length;
        private bool _hasFirst;

        public byte Protocol { get; private set; }

        public bool IsComplete => _length is { } length && Enumerable.Range(0, length).All(_octets.ContainsKey);

        public byte[] Octets => [.. Enumerable.Range(0, _length!.Value).Select(place => _octets[place])];

        public void Put(FragmentOfDatagram piece, bool lastWins)
        {
            for (int i = 0; i < piece.Octets.Length; i++)
            {
                if (lastWins || !_octets.ContainsKey(piece.Offset + i))
                {
                    _octets[piece.Offset + i] = piece.Octets[i];
                }
            }

            if (piece.Offset == 0 && (lastWins || !_hasFirst))
            {
                Protocol = piece.Protocol;
                _hasFirst = true;
            }

            _length = piece.HasMore ? _length : piece.Offset + piece.Octets.Length;
        }
    }
}
