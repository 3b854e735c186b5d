using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>A rule at one prefix, left-aligned so that both families order alike: a shorter prefix stands before those within it.</summary>
internal readonly record struct PrefixRow(UInt128 Bits, byte PrefixLength, RuleRow Row) : IComparable<PrefixRow>
{
    /// <summary>The last address of the prefix.</summary>
    public UInt128 Last => PrefixLength == 0 ? UInt128.MaxValue : Bits | ~(UInt128.MaxValue << (128 - PrefixLength));

    public static UInt128 LeftAligned(Ethertype ethertype, UInt128 bits) => ethertype == Ethertype.IPv4 ? bits << 96 : bits;

    public bool IsSamePrefix(in PrefixRow other) => Bits == other.Bits && PrefixLength == other.PrefixLength;

    public int CompareTo(PrefixRow other)
    {
        int order = Bits.CompareTo(other.Bits);
        order = order != 0 ? order : PrefixLength.CompareTo(other.PrefixLength);
        return order != 0 ? order : Row.Rule.CompareTo(other.Row.Rule);
    }
}
