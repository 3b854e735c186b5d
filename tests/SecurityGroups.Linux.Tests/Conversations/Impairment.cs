using System.Collections.Immutable;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>What a network does to packets. Probabilities are per packet; delays in microseconds.</summary>
/// <param name="Name">For scenario names and figures.</param>
/// <param name="Loss">The packet never arrives.</param>
/// <param name="Duplication">It arrives twice, the second time after a delay of its own.</param>
/// <param name="Reordering">It is overtaken: its delay is several times as long.</param>
/// <param name="Delay">Of every packet.</param>
/// <param name="Jitter">A delay on top, even between 0 and this: neighbors change places.</param>
internal sealed record Impairment(string Name, double Loss, double Duplication, double Reordering, int Delay, int Jitter)
{
    public static Impairment None { get; } = new("none", 0, 0, 0, 0, 0);

    /// <summary>A long line that keeps the order.</summary>
    public static Impairment Slow { get; } = new("slow", 0, 0, 0, 4_000, 0);

    /// <summary>Loss alone.</summary>
    public static Impairment Lossy { get; } = new("lossy", 0.02, 0, 0, 500, 0);

    /// <summary>Everything, a little.</summary>
    public static Impairment Mild { get; } = new("mild", 0.003, 0.003, 0.01, 500, 200);

    /// <summary>Everything, more than a wireless link would.</summary>
    public static Impairment Rough { get; } = new("rough", 0.02, 0.03, 0.05, 1_000, 1_500);

    /// <summary>Order hardly holds, and duplicates come long after.</summary>
    public static Impairment Shuffled { get; } = new("shuffled", 0.002, 0.05, 0.2, 500, 4_000);

    /// <summary>All that do something.</summary>
    public static ImmutableArray<Impairment> All { get; } = [Mild, Rough, Shuffled, Lossy, Slow];

    public override string ToString() => Name;
}
