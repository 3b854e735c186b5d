using System.Collections.Immutable;

namespace SecurityGroups.Match;

/// <summary>An address or prefix of a NIC joins or leaves the NIC's security groups.</summary>
/// <param name="Network">Number of the NIC's network.</param>
/// <param name="Ethertype">The family.</param>
/// <param name="Bits">The masked prefix; IPv4 in the low 32 bits.</param>
/// <param name="PrefixLength">Its length; 32 or 128 for an address.</param>
/// <param name="Groups">Numbers of the groups.</param>
/// <param name="Joins">Whether it joins; otherwise it leaves, having joined before.</param>
internal readonly record struct MemberChange(
    int Network, Ethertype Ethertype, UInt128 Bits, int PrefixLength, ImmutableArray<int> Groups, bool Joins);
