namespace SecurityGroups.Linux.Tests.Support;

/// <summary>A fact that needs network namespaces; skipped, and says why, where the machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = LinuxHost.Missing;
}
