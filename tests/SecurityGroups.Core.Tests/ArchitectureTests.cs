using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests;

/// <summary>Dependencies point down only: Firewall -> {Compile, Tracking, Match, Packets} -> Model, and Compile -> Match.</summary>
public class ArchitectureTests
{
    private static readonly HashSet<string> s_modelNames =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "SecurityGroups.Core", "Model"), "*.cs").Select(file => Path.GetFileName(file).Split('.')[0])];

    [Theory]
    [InlineData("Packets", "Saving", "Events", "Pipelines", "Compile", "Match", "Tracking", "Guard")]
    [InlineData("Match", "Saving", "Events", "Pipelines", "Compile", "Tracking", "Packets")]
    [InlineData("Compile", "Saving", "Events", "Pipelines", "Tracking", "Packets")]
    [InlineData("Tracking", "Saving", "Pipelines", "Compile", "Match")]
    [InlineData("Guard", "Saving", "Events", "Pipelines", "Compile", "Tracking")]
    [InlineData("Pipelines", "Saving", "Events", "Compile", "Match", "Tracking", "Packets")]
    [InlineData("Saving", "Events", "Pipelines", "Compile", "Match", "Guard")]
    [InlineData("Events", "Saving", "Pipelines", "Compile", "Match", "Tracking", "Packets", "Guard")]
    public void Namespace_MentionsNoForbiddenOne(string layer, params string[] forbidden)
    {
        Assert.Empty(Mentions(type => Layer(type) == layer, mentioned => forbidden.Contains(Layer(mentioned))));
    }

    [Fact]
    public void Model_MentionsNothingAboveIt()
    {
        Assert.Empty(Mentions(IsModel, mentioned => Layer(mentioned) != "" || IsTop(mentioned)));
    }

    [Fact]
    public void InnerNamespaces_DoNotMentionTheFirewall()
    {
        Assert.Empty(Mentions(type => Layer(type) is not ("" or "Pipelines"), IsTop));
    }

    [Fact]
    public void Packets_KnowsNoPolicy()
    {
        Type[] policy = [typeof(Policy), typeof(SecurityGroup), typeof(SecurityGroupRule), typeof(AddressGroup), typeof(Nic), typeof(Remote), typeof(Cidr)];
        Assert.Empty(Mentions(type => Layer(type) == "Packets", policy.Contains));
    }

    [Fact]
    public void Mentions_SeesWhatIsOnlyCalled()
    {
        Assert.Contains("NicFilter -> PacketPump", Mentions(type => type == typeof(NicFilter), mentioned => Layer(mentioned) == "Pipelines"));
    }

    private static string[] Mentions(Func<Type, bool> isSource, Func<Type, bool> isForbidden) =>
    [
        .. from type in typeof(Firewall).Assembly.GetTypes()
           where isSource(Outermost(type))
           from mentioned in TypeReferences.Of(type).Select(Outermost).Distinct()
           where mentioned != Outermost(type) && mentioned.Assembly == type.Assembly && isForbidden(mentioned)
           select $"{Outermost(type).Name} -> {mentioned.Name}",
    ];

    private static Type Outermost(Type type) => type.DeclaringType is { } declaring ? Outermost(declaring) : type;

    /// <summary>The namespace below the root; empty for the root itself and for what compilers generate.</summary>
    private static string Layer(Type type) => type.Namespace is { } name && name.StartsWith("SecurityGroups.", StringComparison.Ordinal) ? name.Split('.')[1] : "";

    private static bool IsModel(Type type) => type.Namespace == "SecurityGroups" && s_modelNames.Contains(type.Name.Split('`')[0]);

    private static bool IsTop(Type type) => type == typeof(Firewall) || type == typeof(NicFilter);
}
