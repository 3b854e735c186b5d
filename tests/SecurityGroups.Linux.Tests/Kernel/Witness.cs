using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>The shortest story that ends in a known difference: when it no longer does, the table's entry is stale.</summary>
internal sealed record Witness(Policy Policy, FirewallOptions Options, Func<Ends, IEnumerable<Crossing>> Story)
{
    /// <summary>For a difference of one family only.</summary>
    public Ethertype? Only { get; init; }

    public IEnumerable<Ends> Families => new[] { Ends.IPv4, Ends.IPv6 }.Where(ends => Only is null || ends.Ethertype == Only);

    /// <summary>Told in the language of <see cref="Script"/>, without the expectations.</summary>
    public static Witness Told(Policy policy, string script, int localPort = 40_000, int remotePort = 443, FirewallOptions? options = null) =>
        new(policy, options ?? Given.Options, ends => Crossings(policy, ends, script, localPort, remotePort));

    /// <summary>Packets that W sends and gets.</summary>
    public static Witness Of(Policy policy, Func<Ends, IEnumerable<(Direction Direction, PacketBuilder Packet)>> story) =>
        new(policy, Given.Options, ends => story(ends).Select(step => new Crossing(step.Direction, step.Packet)));

    public static IEnumerable<Crossing> Crossings(Policy policy, Ends ends, string script, int localPort, int remotePort)
    {
        string[] steps = script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string expected = string.Join(';', steps.Select(step => step == "E" || step.Contains(':') ? step : $"{step}:passed"));
        return new Scenario(policy).Play(ends, expected, localPort, remotePort).Opening(Given.W).Select(step => new Crossing(step.Direction, step.Packet));
    }
}
