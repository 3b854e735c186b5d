using SecurityGroups.Compile;

namespace SecurityGroups.Tests.Compile;

/// <summary>Identities of NICs without a firewall.</summary>
internal sealed class Identities : INicIdentities
{
    private static uint s_zone;

    public object NewIncarnation(string nicId, int slot) => new();

    public uint NewZone(string nicId) => Interlocked.Increment(ref s_zone);
}
