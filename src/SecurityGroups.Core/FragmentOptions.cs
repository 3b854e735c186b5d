namespace SecurityGroups;

/// <summary>
/// How fragments are filtered: later fragments share the verdict on the first fragment of their datagram. How long one may take:
/// <see cref="ConnectionTimeouts.FragmentsIPv4"/>, <see cref="ConnectionTimeouts.FragmentsIPv6"/>.
/// </summary>
public sealed record FragmentOptions
{
    private const int CapacityLimit = 65_536;

    /// <summary>
    /// Most fragmented datagrams under way at a time, of which a NIC has an even share or at least a sixteenth; memory for all of them is
    /// reserved at the start, 176 octets each, and used as they come. When full, fragments are denied with
    /// <see cref="Reason.FragmentTableFull"/>. 1 to 65,536, default 16,384.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int MaxDatagrams
    {
        get;
        init => field = value is >= 1 and <= CapacityLimit
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxDatagrams), value, $"Must be from 1 to {CapacityLimit}.");
    } = 16_384;

    /// <summary>
    /// Whether IPv4 fragments that overlap anywhere end their datagram, as IPv6's always do (RFC 5722); default false: only the transport
    /// header is protected.
    /// </summary>
    public bool CheckIPv4Overlaps { get; init; }

    /// <summary>
    /// Whether a later fragment that comes before its first gets <see cref="Verdict.Hold"/> instead of a denial; default false. The caller then
    /// keeps the packet and asks again, see <see cref="NicFilter.AskAgain(Direction, long)"/>.
    /// </summary>
    public bool HoldEarlyFragments { get; init; }
}
