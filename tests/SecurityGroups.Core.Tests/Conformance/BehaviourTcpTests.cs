using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>The TCP rows of behaviour.md: opening (T), established (E), closing and reuse (C). The script language is <see cref="Script"/>'s.</summary>
public sealed class BehaviourTcpTests
{
    private const string Closed = "E; > FA 1001 5001:est; < FA 5001 1002:est; > A 1002 5002:est";

    private static readonly FirewallOptions s_loose = With(tracking => tracking with { PickUp = PickUp.Loose });
    private static readonly FirewallOptions s_looseEgress = With(tracking => tracking with { PickUp = PickUp.LooseEgressOnly });

    /// <summary>W begins, egress any (P0).</summary>
    public static TheoryData<string, string> FromW => new()
    {
        { "T01", "E; < PA 5001+100 1001:est; count 1" },
        { "T02", "< S 5000:NoMatchingRule; count 0" },
        { "T08", "> S 1000:new; wait 1; > S 1000:est; wait 2; > S 1000:est; wait 4; > S 1000:est; count 1" },
        { "T08 refreshed", "> S 1000:new; wait 100; > S 1000:est; wait 100; < SA 5000 1001:est" },
        { "T09", "> S 1000:new; < RA 0 1001:est; count 0; < RA 0 1001:InvalidState" },
        { "T11", "> S 1000:new; < S 5000:ok; > SA 1000 5001:ok; < SA 5000 1001:ok; > A 1001 5001:ok; < PA 5001+9 1001:est; count 1" },
        { "T14", "> S 1000+200:new; < SA 5000 1201:est; > A 1201 5001:est" },
        { "T14 data not taken", "> S 1000+200:new; < SA 5000 1001:est; > PA 1001+200 5001:est" },
        { "T16", "> S 1000 ws=7:new; < SA 5000 1001 ws=7:est; > A 1001 5001 win=100:est; < PA 17001+100 1001:est" },
        { "T16 edge", "> S 1000 ws=7:new; < SA 5000 1001 ws=7:est; > A 1001 5001 win=100:est; < PA 17802+1 1001:OutOfWindow" },
        { "T16 one side only", "> S 1000 ws=7:new; < SA 5000 1001:est; > A 1001 5001 win=100:est; < PA 17001+100 1001:OutOfWindow" },
        { "T17", "> S 1000 ws=15:new; < SA 5000 1001 ws=0:est; > A 1001 5001 win=100:est; < PA 1005001+1 1001:est" },
        { "T17 edge", "> S 1000 ws=255:new; < SA 5000 1001 ws=0:est; > A 1001 5001 win=100:est; < PA 1643402+1 1001:OutOfWindow" },
        { "T21", "> S 1000:new; wait 121; < SA 5000 1001:InvalidState" },
        { "T21 in time", "> S 1000:new; wait 119; < SA 5000 1001:est" },
        { "T23", "> S 1000:new; < SA 5000 1001 rp=444:InvalidState" },
        { "E01", "E; < PA 5001+1000 1001:est; > A 1001 6001:est" },
        { "E02", "E; < A 15001+1 1001:est; < A 15002+1 1001:OutOfWindow" },
        { "E04", "E; > A 1001 50001:InvalidAcknowledgment; > A 1001 5001:est" },
        { "E06", "E; < PA 20001+100 1001:OutOfWindow; > A 1001 20101:ok; < PA 20101+100 1001:est" },
        { "E07", "E; > A 1000 5001:ok; < A 5001 1001:est; > A 1000+1 5001:ok; < A 5001 1001:est" },
        { "E08", "E; < A 5001 1001 win=0:est; > A 1001+1 5001:est; < A 5001 1001 win=0:est; wait 299; > A 1001+1 5001:est" },
        { "E08 expired", "E; < A 5001 1001 win=0:est; > A 1001+1 5001:est; < A 5001 1001 win=0:est; wait 301; > A 1001+1 5001:NotSyn" },
        { "E09", "E; > PA 1001+100 5001:est*4; wait 301; < A 5001 1101:NotSyn" },
        { "data that nobody acknowledges", "E; < PA 5001+1 1001:est; wait 301; > A 1001 5002:NotSyn" },
        { "E10", "E; < R 5001:est; wait 11; < PA 5001+1 1001:NotSyn" },
        { "E12", "E; < R 4000:InvalidReset; < R 0:InvalidReset; < R 16002:InvalidReset; wait 60; < PA 5001+10 1001:est" },
        { "E12 in window", "E; < R 5500:ign; wait 60; < PA 5001+10 1001:est" },
        { "E13", "E; < PA 5001+100 1001:est; < R 5101:est; wait 11; < PA 5101+1 1001:NotSyn" },
        { "E15", "E; < S 777:InvalidState; < PA 5001+10 1001:est" },
        { "E16", "E; < SA 5000 1001:ign; < PA 5001+10 1001:est" },
        { "E17", "> S 1000 sackok=1:new; < SA 5000 1001 sackok=1:est; > A 1001 5001:est; < A 5001 1001 sack=50001-50101:InvalidAcknowledgment" },
        { "E17 never offered", "E; < A 5001 1001 sack=50001-50101:est" },
        { "E17 sent", "E; > PA 1001+1000 5001:est; < A 5001 1001 sack=1501-2001:est" },
        { "E18", "> S 4294967039:new; < SA 5000 4294967040:est; > PA 4294967040+1000 5001:est; < A 5001 744:est; > PA 744+10 5001:est" },
        { "C01", "E; > FA 1001 5001:est; < A 5001 1002:est; < FA 5001 1002:est; > A 1002 5002:est; count 1; wait 121; < A 5002 1002:NotSyn" },
        { "C03", "E; > FA 1001 5001:est; < FA 5001 1001:est; > A 1002 5002:est; < A 5002 1002:est" },
        { "C04", Closed + "; > S 900000:new; < SA 7000 900001:est; count 1" },
        { "C06", Closed + "; < R 5002:ok; count 1; wait 20; > A 1002 5002:ok" },
        { "C07", "E; < R 5001:est; > S 900000:new; < SA 7000 900001:est; count 1" },
        { "C09", "E; > FA 1001 5001:est; < FA 5001 1002:est; < FA 5001 1002:ok; > A 1002 5002:est" },
        { "C10", "E; < FA 25001 1001:OutOfWindow; wait 7000; < PA 5001+1 1001:est" },
        { "C11", "E; wait 7441; < PA 5001+1 1001:NotSyn" },
        { "C12", "E; wait 7200; > A 1000 5001:ok; < A 5001 1001:est; wait 7200; < PA 5001+1 1001:est" },
        { "C14", "E; wait -10; < PA 5001+1 1001:est; wait 20; > A 1001 5002:est; wait 7441; < A 5002 1001:NotSyn" },
        { "C14 far", "E; wait -1000; count 1; wait 1000; < PA 5001+1 1001:est" },
        { "out of window changes nothing", "E; < R 4000:InvalidReset; < FA 30000 1001:OutOfWindow; < PA 5001+1 1001:est; count 1" },
        { "old packets keep nothing alive", "E; wait 7000; < SA 5000 1001:ign; > S 1000:ign; wait 441; < PA 5001+1 1001:NotSyn" },
        { "T11 SYN-ACK repeated", "> S 1000:new; < S 5000:ok; > SA 1000 5001:ok; > SA 1000 5001:ok; < SA 5000 1001:ok; > A 1001 5001:ok" },
        { "SYN-ACK of the initiator, half open", "> S 1000:new; < SA 5000 1001:est; > SA 1000 5001:InvalidState; > A 1001 5001:est" },
        { "SYN-ACK of the initiator", "E; > SA 1000 5001:InvalidState; < PA 5001+10 1001:est" },
        { "half open: anew and taken", "E; > S 700000:ign; < SA 9000 700001:est; > A 700001 9001:est; < PA 9001+10 700001:est; count 1" },
        { "half open: with its scale", "E; > S 700000 ws=7:ign; < SA 9000 700001 ws=7:est; > A 700001 9001 win=100:est; < PA 21001+100 700001:est" },
        { "half open: anew after FIN", "E; < FA 5001 1001:est; > S 700000:ign; < SA 9000 700001:est; > A 700001 9001:est; > PA 700001+10 9001:est" },
        { "half open: refused", "E; > S 700000:ign; < RA 0 700001:est; wait 11; < PA 5001+1 1001:NotSyn" },
        { "half open: challenged", "E; > S 700000:ign; < A 5001 1001:est; > R 1001:est; > S 700000:new; < SA 9000 700001:est; count 1" },
        { "half open: answer to another SYN", "E; > S 700000:ign; < SA 9000 700002:ign; < RA 0 700002:InvalidReset; < PA 5001+10 1001:est" },
        { "late copies of the first segments", "E; > PA 1001+10 5001:est; < A 5001 1011:est; > S 1000:ign; < SA 5000 1001:ign; > PA 1011+10 5001:est" },
        { "answer of a connection long gone", "> S 1000:new; < A 9000 77:ign; > R 77:ign; > S 1000:est; < SA 5000 1001:est" },
        { "SYN-ACK of a SYN long gone", "> S 1000:new; < SA 5000 900:ign; > R 900:ign; < SA 6000 1001:est" },
        { "RST of the initiator in SYN_SENT", "> S 1000:new; > R 5:ign; > R 0:ign; count 1; > R 1001:est; count 0" },
        { "challenge in LAST_ACK", "E; > FA 1001 5001:est; < FA 5001 1001:est; > S 700000:ign; < A 5002 1001:ign; wait 31; > A 1002 5002:NotSyn" },
        { "no challenge in LAST_ACK", "E; > FA 1001 5001:est; < FA 5001 1001:est; < A 5002 1002:est; wait 31; > A 1002 5002:est" },
        { "SYN repeated, then no challenge", "> S 1000:new; < SA 5000 1001:est; > S 1000:ign; > A 1001 5001:est; < FA 5001 1001:est; > FA 1001 5002:est; "
            + "< A 5002 1002:est; wait 31; > A 1002 5002:est" },
        { "RST carries nothing", "E; < R 5002+100:ign; > A 1001 5102:InvalidAcknowledgment" },
        { "RST after FIN carries nothing", "E; > FA 1001 5001:est; < R 5001+100:est; > A 1002 5101:InvalidAcknowledgment" },
        { "TIME_WAIT, SYN that no rule allows", Closed + "; < S 900000:NoMatchingRule; > A 1002 5002:est" },
        { "overshoot acknowledging too much", "> S 1000 sackok=1:new; < SA 5000 1001:est; > A 1001 5001:est; < PA 5001+1 1001:est; "
            + "< PA 20001+100 1001 sack=1101-1201:OutOfWindow; > A 1001 20101:InvalidAcknowledgment" },
        { "blind SYN of the initiator", "E; > S 1000:ign; < PA 5001+10 1001:est" },
        { "RST in SYN_SENT must acknowledge", "> S 1000:new; < RA 0 77:InvalidReset; < SA 5000 1001:est" },
    };

    /// <summary>X begins, ingress tcp 22 from X's network, no egress (P1).</summary>
    public static TheoryData<string, string> FromX => new()
    {
        { "T03", "< S 5000:new; > SA 1000 5001:est; < A 5001 1001:est; > PA 1001+10 5001:est; count 1" },
        { "T04", "< SA 5000 1001:InvalidState" },
        { "T05", "< FA 5001 1001:InvalidState; < R 5001:InvalidState; < RA 5001 1001:InvalidState" },
        { "T06", "< A 5001 1001:NotSyn; < PA 5001+5 1001:NotSyn" },
        { "T18", "< S 5000:new; > SA 1000 5001:est; < S 5000:ign; > SA 1000 5001:ok; < A 5001 1001:est; > PA 1001+10 5001:est" },
        { "T19", "< S 5000:new; > RA 0 5001:est; count 0" },
        { "T20", "< S 5000:new; > SA 1000 5001:est; wait 61; < A 5001 1001:NotSyn" },
        { "C08", "< S 5000:new; > SA 1000 5001:est; < FA 5001 1001:est" },
    };

    [Theory, MemberData(nameof(FromW))]
    public void Tcp_BegunByW_GoesByTheMatrix(string row, string script) => Play(P0, script, 40_000, 443, null, row);

    [Theory, MemberData(nameof(FromX))]
    public void Tcp_BegunByX_GoesByTheMatrix(string row, string script) => Play(P1, script, 22, 5000, null, row);

    [Theory]
    [InlineData("T04", "< SA 5000 1001:InvalidState")]
    [InlineData("T05", "< FA 5001 1001:InvalidState; < R 5001:InvalidState")]
    [InlineData("T06", "< A 5001 1001:new; > PA 1001+10 5001:est; count 1")]
    [InlineData("T06 unreplied", "< A 5001 1001:new; wait 301; > PA 1001+10 5001:NoMatchingRule; count 0")]
    public void Tcp_WithLoosePickUp_JoinsWhatTheRulesAllow(string row, string script) => Play(P1, script, 22, 5000, s_loose, row);

    [Theory, Families]
    public void Tcp_TimeWaitAndSynOfTheOtherEnd_IsNewWhereRulesAllow(Ethertype family) => new Scenario(Web(EgressAll, IngressAll))
        .Play(Ends.For(family), Closed + "; < S 900000:new; > SA 7000 900001:est; < A 900001 7001:est; count 1")
        .Run();

    [Fact]
    public void Tcp_PickedUpAndNeverAnswered_EndsWithAReset() =>
        Play(P1, "< A 5001 1001:new; > R 900001:est; count 0", 22, 5000, s_loose, "pick-up");

    /// <summary>Old connections live on, but what begins anew must see the new rules (semantics 46).</summary>
    [Fact]
    public void Tcp_KeptUntilIdle_DoesNotBeginAgain() => Play(
        P0, "E; > S 700000:ign; < SA 9000 700001:ign; > A 700001 9001:OutOfWindow", 40_000, 443,
        With(tracking => tracking with { EstablishedConnections = EstablishedConnections.KeepUntilIdle }), "half open");

    [Fact]
    public void Tcp_PickedUp_LetsResetsOutsideTheWindowPassWithoutEffect() => Play(
        P1, "< A 5001 1001:new; > PA 1001+10 5001:est; > R 900001:ign; < R 900000:ign; < R 4000:InvalidReset; > R 900:InvalidReset; wait 60; < A 5001 1011:est", 22, 5000, s_loose, "pick-up");

    [Theory]
    [InlineData("< A 5001 1001:NotSyn; > A 1001 5001:new; < PA 5001+10 1001:est")]
    [InlineData("> FA 1001 5001:InvalidState; > SA 1001 5001:InvalidState; > R 1001:InvalidState")]
    public void Tcp_WithLooseEgressPickUp_JoinsWhatLeaves(string script) => Play(P0, script, 40_000, 443, s_looseEgress, "T06");

    [Fact]
    public void E05_OldAcknowledgment_IsPassedWithoutEffect()
    {
        IEnumerable<string> rounds = Enumerable.Range(1, 8).Select(i => $"< PA {5001 + ((i - 1) * 10000)}+10000 1001:est; > A 1001 {5001 + (i * 10000)}:est");
        Play(P0, $"E; {string.Join("; ", rounds)}; > A 1001 15000:ign; > A 1001 85001:est", 40_000, 443, null, "E05");
    }

    [Fact]
    public void C02_HalfClosedConnection_CarriesDataForTenMinutes()
    {
        IEnumerable<string> rounds = Enumerable.Range(0, 20).Select(i => $"wait 30; < PA {5001 + (i * 100)}+100 1002:est; > A 1002 {5101 + (i * 100)}:est");
        Play(P0, $"E; > FA 1001 5001:est; < A 5001 1002:est; {string.Join("; ", rounds)}", 40_000, 443, null, "C02");
    }

    /// <summary>32-bit millisecond and second counters wrap here.</summary>
    [Theory]
    [InlineData(1L << 31)]
    [InlineData(1L << 32)]
    [InlineData(1L << 33)]
    [InlineData(1000L << 31)]
    [InlineData(1000L << 32)]
    public void C15_ClockCounterWraps_ConnectionsLiveAndExpire(long milliseconds)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            new Scenario(P0)
                .Connections(0)
                .Wait((milliseconds / 1000.0) - 5)
                .Play(e, "E; wait 10; < PA 5001+1 1001:est; > A 1001 5002:est; wait 7439; > A 1001 5002:est; wait 7441; < A 5002 1001:NotSyn")
                .Run();
        }
    }

    [Theory, Families]
    public void T22_TwoNicsOfOneFirewall_HaveOneEntryEach(Ethertype family)
    {
        Ends e = Ends.For(family);
        PacketBuilder syn = PacketBuilder.Ip(e.W, e.D).Tcp(5000, 22);
        Policy both = Policy.Create([Group("web", EgressAll), Group("db", IngressAll)], [Nic(W, "web"), Nic(D, "db")]);
        new Scenario(both).Egress(syn, Reason.MatchedRule).Ingress(syn, Reason.MatchedRule, D).Connections(2).Run();
        new Scenario(WebAndDb()).Egress(syn, Reason.NoMatchingRule).Connections(0).Run();
    }

    [Theory]
    [InlineData(WindowCheck.Log)]
    [InlineData(WindowCheck.Off)]
    public void Window_NotEnforced_PassesWhatIsOutside(WindowCheck check) => Play(
        P0, "E; < PA 25001+10 1001:passed; > A 1001 90000:passed; < PA 5001+10 1001:ok", 40_000, 443, With(tracking => tracking with { WindowCheck = check }), "window");

    private static void Play(Policy policy, string script, int localPort, int remotePort, FirewallOptions? options, string row)
    {
        foreach (Ends e in new[] { Ends.IPv4, Ends.IPv6 })
        {
            Exception? failure = Record.Exception(() => new Scenario(policy, options).Play(e, script, localPort, remotePort).Run());
            Assert.True(failure is null, $"{row}, {e.Ethertype}: {failure?.Message}");
        }
    }
}
