using System.Collections.Immutable;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>A policy, some conversations and a list of steps, all from one seed; the steps can be thinned out to find the shortest failure.</summary>
internal sealed record Scenario(int Seed, ImmutableArray<Step> Steps)
{
    public Policy Policy() => PolicyDice.Policy(new Dice(Seed));

    public ImmutableArray<Conversation> Conversations()
    {
        Dice dice = new(Seed ^ 0x5EED);
        Policy policy = Policy();
        return [.. Enumerable.Range(0, ScenarioSteps.Conversations).Select(_ => Conversation.Random(policy, dice))];
    }

    /// <summary>Firewall options; the clock is the runner's.</summary>
    public FirewallOptions Options(TimeProvider clock)
    {
        Dice dice = new(Seed ^ 0x0B71);
        return new FirewallOptions
        {
            LinkType = dice.Chance(60) ? LinkType.Ethernet : LinkType.RawIp,
            TimeProvider = clock,
            VerifyChecksums = dice.Chance(15),
            CheckDestination = dice.Chance(90),
            AllowSourceRoute = dice.Chance(10),
            AllowedEthertypes = dice.Chance(10) ? [0x88CC] : [],
            Fragments = new FragmentOptions
            {
                MaxDatagrams = dice.Chance(15) ? 1 + dice.Below(6) : 64,
                CheckIPv4Overlaps = dice.Chance(30),
                HoldEarlyFragments = dice.Chance(40),
            },
            Martians = dice.Weighted((80, MartianSources.Default), (10, MartianSources.None), (10, (MartianSources)dice.Below(1 << 6))),
            Events = Seed % 2 == 0 ? null : new FirewallEventOptions { Capacity = 1024, DenialsPerSecond = 1_000_000 },
            ConnectionTracking = new ConnectionTrackingOptions
            {
                MaxConnections = dice.Weighted((85, 256), (5, 1), (10, 3)),
                EstablishedConnections = dice.Chance(85) ? EstablishedConnections.Revalidate : EstablishedConnections.KeepUntilIdle,
                PickUp = dice.Weighted((60, PickUp.Strict), (25, PickUp.Loose), (15, PickUp.LooseEgressOnly)),
                WindowCheck = dice.Weighted((88, WindowCheck.Enforce), (6, WindowCheck.Log), (6, WindowCheck.Off)),
                Timeouts = Timeouts().Real,
                CountTraffic = Seed % 2 != 0,
                RefreshOnEgressOnly = dice.Chance(15),
                IcmpErrorsPerSecond = dice.Weighted((70, 1_000), (15, 1), (15, 0)),
            },
        };
    }

    /// <summary>A preset and what the documents say of it.</summary>
    public (ConnectionTimeouts Real, ReferenceTimeouts Reference) Timeouts() => new Dice(Seed ^ 0x71E0).Weighted(
        (60, (ConnectionTimeouts.Default, ReferenceTimeouts.Default)),
        (20, (ConnectionTimeouts.Linux, ReferenceTimeouts.Linux)),
        (20, (ConnectionTimeouts.Aws, ReferenceTimeouts.Aws)));

    public static Scenario FromSeed(int seed) => new(seed, ScenarioSteps.Random(new Dice(seed ^ 0x57E9)));

    /// <summary>Smaller scenarios: halves, quarters and so on left out, at last single steps; then packets without their flaw.</summary>
    public IEnumerable<Scenario> Smaller()
    {
        for (int chunk = Steps.Length / 2; chunk > 0; chunk /= 2)
        {
            for (int i = 0; i < Steps.Length; i += chunk)
            {
                yield return this with { Steps = Steps.RemoveRange(i, Math.Min(chunk, Steps.Length - i)) };
            }
        }

        for (int i = 0; i < Steps.Length; i++)
        {
            if (Steps[i] is Step.Say { Flaw: not Flaw.None } say)
            {
                yield return this with { Steps = Steps.SetItem(i, say with { Flaw = Flaw.None }) };
            }
        }
    }

    public override string ToString() => $"seed {Seed}, {Steps.Length} steps:{Environment.NewLine}{string.Join(Environment.NewLine, Steps)}";
}
