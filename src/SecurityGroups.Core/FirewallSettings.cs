using System.Buffers;
using SecurityGroups.Packets;

namespace SecurityGroups;

/// <summary>What of <see cref="FirewallOptions"/> every packet needs, in the shape it needs it.</summary>
internal sealed class FirewallSettings(FirewallOptions options, bool replay)
{
    private readonly SearchValues<char> _allowedEthertypes = SearchValues.Create([.. options.AllowedEthertypes.Select(ethertype => (char)ethertype)]);

    public ParserOptions Parser { get; } =
        new(options.VerifyChecksums, options.AllowPortZero, options.AllowSourceRoute) { SegmentationOffload = replay };

    public MartianSources Martians { get; } = options.Martians;

    public bool CheckDestination { get; } = options.CheckDestination;

    /// <summary>Where denied packets are told; null when nobody wants to hear of them.</summary>
    public DenialReporter? Denials { get; init; }

    /// <summary>Whether every VLAN tag is accepted: a capture may have been taken on a trunk.</summary>
    public bool AnyVlan { get; } = replay;

    /// <summary>Whether frames of another ethertype pass; 802.3 length frames never do.</summary>
    public bool AllowsEthertype(ushort ethertype) => _allowedEthertypes.Contains((char)ethertype);
}
