namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>A difference from Linux that is meant, and why ours is right.</summary>
/// <param name="Name">What it is about; the packet in question.</param>
/// <param name="Ours">What the library does with it.</param>
/// <param name="Linux">What Linux does with it.</param>
/// <param name="Why">Why ours is right: an RFC, or a line of the specification.</param>
/// <param name="Explains">Whether a difference is this one; as narrow as can be.</param>
/// <param name="Witness">The shortest story that ends in it.</param>
internal sealed record KnownDifference(string Name, string Ours, string Linux, string Why, Func<Difference, bool> Explains, Witness Witness);
