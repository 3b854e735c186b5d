namespace SecurityGroups.Fuzz;

/// <summary>A target found an input for which its promise does not hold.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
