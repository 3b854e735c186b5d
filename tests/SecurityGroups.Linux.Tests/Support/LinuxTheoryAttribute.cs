namespace SecurityGroups.Linux.Tests.Support;

/// <summary>A theory that needs network namespaces; skipped, and says why, where the machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = LinuxHost.Missing;
}
