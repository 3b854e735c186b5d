namespace SecurityGroups;

/// <summary>An ICMP type, with one code or any. The default value matches nothing.</summary>
public readonly record struct IcmpMatch
{
    private readonly bool _isSpecified;

    /// <summary>A type with any code.</summary>
    /// <param name="type">ICMP type, 0 to 255.</param>
    public IcmpMatch(byte type)
    {
        Type = type;
        _isSpecified = true;
    }

    /// <summary>A type with one code.</summary>
    /// <param name="type">ICMP type, 0 to 255.</param>
    /// <param name="code">ICMP code, 0 to 255.</param>
    public IcmpMatch(byte type, byte code)
        : this(type) => Code = code;

    /// <summary>ICMP type.</summary>
    public byte Type { get; }

    /// <summary>ICMP code; null = any.</summary>
    public byte? Code { get; }

    /// <summary>Whether this is the default value, which no rule accepts.</summary>
    public bool IsUnspecified => !_isSpecified;

    /// <summary>The match as <c>type 8</c> or <c>type 8 code 0</c>.</summary>
    public override string ToString() => Code is { } code ? $"type {Type} code {code}" : $"type {Type}";
}
