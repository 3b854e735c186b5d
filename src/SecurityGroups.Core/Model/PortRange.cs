namespace SecurityGroups;

/// <summary>Destination ports from <see cref="Min"/> to <see cref="Max"/>, both included. The default value matches nothing; every port is <see cref="All"/>.</summary>
public readonly record struct PortRange
{
    /// <summary>Ports from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 &lt;= min &lt;= max &lt;= 65535.</exception>
    public PortRange(int min, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(min, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        Min = (ushort)min;
        Max = (ushort)max;
    }

    /// <summary>One port, 1 to 65535.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    public PortRange(int port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        Min = Max = (ushort)port;
    }

    /// <summary>Every port.</summary>
    public static PortRange All { get; } = new(1, ushort.MaxValue);

    /// <summary>Lowest port.</summary>
    public ushort Min { get; }

    /// <summary>Highest port.</summary>
    public ushort Max { get; }

    /// <summary>Whether this is every port (a packet's port 0 included, where ports may be 0).</summary>
    public bool IsAll => Min == 1 && Max == ushort.MaxValue;

    /// <summary>Whether this is the default value, which no rule accepts.</summary>
    public bool IsUnspecified => Min == 0;

    /// <summary>The range as <c>443</c>, <c>5000-5010</c> or <c>any</c>.</summary>
    public override string ToString() => IsAll ? "any" : Min == Max ? $"{Min}" : $"{Min}-{Max}";
}
