using System.Globalization;
using SecurityGroups.Linux.Tests.Support;
using SecurityGroups.Tests.Conformance;
using Xunit.Abstractions;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// The kernel as oracle: the same packets through Linux netfilter and through the library. They agree on every packet, but for what
/// <see cref="KnownDifferences"/> explains. SECURITYGROUPS_SEEDS says how many stories each generator tells; by default a few hundred.
/// </summary>
public sealed class KernelOracleTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 400;

    // Tuples are fresh for so many stories, then the kernel forgets.
    private const int StoriesBetweenFlushes = 50_000;

    private static readonly int s_seeds =
        int.Parse(Environment.GetEnvironmentVariable("SECURITYGROUPS_SEEDS") ?? $"{DefaultSeeds}", CultureInfo.InvariantCulture);

    private static readonly Policy s_policy = Web([
        EgressAll, .. Service(IpProtocol.Tcp, 22), .. Service(IpProtocol.Udp, 5060),
        Ingress(IpProtocol.Icmp, new IcmpMatch(8), Remote.Any) with { Ethertype = Ethertype.IPv4 },
        Ingress(IpProtocol.IcmpV6, new IcmpMatch(128, 0), Remote.Any) with { Ethertype = Ethertype.IPv6 },
        Ingress(IpProtocol.Gre, Remote.Any),
    ]);

    // As Linux has it: early fragments wait, overlaps end a datagram.
    private static readonly FragmentOptions s_fragments = new() { HoldEarlyFragments = true, CheckIPv4Overlaps = true };

    private delegate IReadOnlyList<Crossing> Teller(int seed, Tuple tuple, bool beginsInside);

    [LinuxTheory]
    [InlineData(PickUp.Strict)]
    [InlineData(PickUp.Loose)]
    public void Tcp_LegalConversations_AreJudgedAlike(PickUp pickUp) =>
        Generate(pickUp, 22, 443, s_seeds / 8, (seed, tuple, inside) => TcpConversation.Story(seed, tuple, inside, hasFlaws: false));

    [LinuxTheory]
    [InlineData(PickUp.Strict)]
    [InlineData(PickUp.Loose)]
    public void Tcp_ConversationsWithFlaws_AreJudgedAlike(PickUp pickUp) =>
        Generate(pickUp, 22, 443, s_seeds / 4, (seed, tuple, inside) => TcpConversation.Story(seed, tuple, inside, hasFlaws: true));

    [LinuxTheory]
    [InlineData(PickUp.Strict)]
    [InlineData(PickUp.Loose)]
    public void Tcp_Chaos_IsJudgedAlike(PickUp pickUp) => Generate(pickUp, 22, 443, s_seeds, TcpChaos.Story);

    [LinuxFact]
    public void Datagrams_QueriesAndErrors_AreJudgedAlike() =>
        Generate(PickUp.Strict, 5060, 53, s_seeds, (seed, tuple, _) => DatagramStories.Story(seed, tuple));

    [LinuxFact]
    public void Fragments_AreJudgedAlikeAsDatagrams() =>
        Generate(PickUp.Strict, 5060, 53, s_seeds, (seed, tuple, _) => FragmentStories.Story(seed, tuple));

    [LinuxFact]
    public void Headers_OptionsAndExtensions_AreJudgedAlike() => Generate(PickUp.Strict, 22, 443, s_seeds, HeaderStories.Story);

    [LinuxFact]
    public void Matrix_EveryRow_IsJudgedAlike()
    {
        using KernelFilter kernel = new();
        Comparison comparison = new(output);
        foreach ((string name, Scenario scenario) in MatrixStories.All().Where(each => MatrixStories.IsAskable(each.Scenario)))
        {
            Crossing[] story = [.. scenario.Opening(W).Select(step => new Crossing(step.Direction, step.Packet)).Where(step => Askable.WhyNot(step.Packet) is null)];
            if (story.Length > 0)
            {
                // What the kernel collected of a datagram cannot be taken back: those rows have a router of their own.
                using KernelFilter? own = story.Any(step => FragmentReader.Read(step.Packet) is not null) ? new KernelFilter() : null;
                comparison.Compare(new Oracle(own ?? kernel, scenario.Policy, W, scenario.Options).Load(), name, story);
            }
        }

        comparison.AssertExplained();
    }

    /// <summary>Each capture with egress allowed or ingress allowed, from its beginning or picked up.</summary>
    [LinuxFact]
    public void Captures_AreJudgedAlike()
    {
        if (CaptureStories.Folder() is not { } folder)
        {
            output.WriteLine("No captures beside the repository.");
            return;
        }

        using KernelFilter kernel = new();
        Comparison comparison = new(output);
        foreach (string path in Directory.EnumerateFiles(folder).Order())
        {
            CaptureStories capture = CaptureStories.Read(path);
            output.WriteLine($"{Path.GetFileName(path)}: {capture.Story.Count} packets{(capture.Skipped.Length == 0 ? "" : $"; left out {capture.Skipped}")}");
            foreach ((SecurityGroupRule rule, PickUp pickUp) in new[] { (EgressAll, PickUp.Strict), (IngressAll, PickUp.Strict), (EgressAll, PickUp.Loose), (IngressAll, PickUp.Loose) })
            {
                Nic nic = NicAt(W, capture.Inside) with { SecurityGroups = ["web"] };
                if (capture.Story.Count > 0)
                {
                    Oracle oracle = new(kernel, Policy.Create([Group("web", rule)], [nic]), W, With(tracking => tracking with { PickUp = pickUp }) with { Fragments = s_fragments });
                    comparison.Compare(oracle.Load(), $"{Path.GetFileName(path)}, {rule.Direction}, {pickUp}", capture.Story);
                }
            }
        }

        comparison.AssertExplained();
    }

    private static SecurityGroupRule[] Service(IpProtocol protocol, int port) =>
        [Ingress(protocol, port, Remote.Network("203.0.0.0/16")), Ingress(protocol, port, Remote.Network("2001:db8:113::/48"))];

    private void Generate(PickUp pickUp, int serviceInside, int serviceOutside, int stories, Teller teller)
    {
        using KernelFilter kernel = new();
        FirewallOptions options = With(tracking => tracking with { PickUp = pickUp }) with { Fragments = s_fragments };
        Oracle oracle = new Oracle(kernel, s_policy, W, options).Load();
        Comparison comparison = new(output);
        for (int seed = 0; seed < stories; seed++)
        {
            if (seed % StoriesBetweenFlushes == StoriesBetweenFlushes - 1)
            {
                kernel.Forget();
            }

            bool inside = (seed & 2) == 0;
            comparison.Compare(oracle, $"seed {seed}", teller(seed, Tuple.Fresh(seed, inside, inside ? serviceOutside : serviceInside), inside));
        }

        comparison.AssertExplained();
    }
}
