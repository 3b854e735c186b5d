using SecurityGroups.Packets;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>A packet that the library and the kernel judged differently, with all that came before it.</summary>
internal sealed class Difference(IReadOnlyList<Judged> story, bool isForwarded)
{
    /// <summary>What was sent and what the library said to it, up to and with the packet in question.</summary>
    public IReadOnlyList<Judged> Story => story;

    /// <summary>The packets before it, on which both agreed.</summary>
    public IEnumerable<Judged> Before => story.SkipLast(1);

    /// <summary>The packet in question.</summary>
    public Judged Last => story[^1];

    public Reason Reason => Last.Decision.Reason;

    public ParsedPacket Packet => Last.Packet;

    /// <summary>The library denies what the kernel lets pass.</summary>
    public bool IsStricter => isForwarded && !Last.Decision.IsAllowed;

    /// <summary>The library lets pass what the kernel drops.</summary>
    public bool IsLooser => !isForwarded && Last.Decision.IsAllowed;

    public override string ToString() =>
        $"library {Last.Decision}, kernel {(isForwarded ? "forwards" : "drops")}:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", story)}";
}
