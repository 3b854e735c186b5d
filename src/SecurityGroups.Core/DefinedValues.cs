namespace SecurityGroups;

/// <summary>Whether option values are ones that the code knows: a value behind which there is no behavior would switch checks off unseen.</summary>
internal static class DefinedValues
{
    private const InfrastructureTraffic AllTraffic = InfrastructureTraffic.Default | InfrastructureTraffic.RedirectIngress;
    private const MartianSources AllMartians = MartianSources.Default | MartianSources.ClassE;

    public static bool Has(InfrastructureTraffic flags) => (flags & ~AllTraffic) == 0;

    public static bool Has(MartianSources flags) => (flags & ~AllMartians) == 0;
}
