using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>Entries taken and given back, shares, sweeps and many threads at once.</summary>
public sealed class FragmentTableTests
{
    private const long Now = 1_000_000;
    private const int Lifetime = 30_000;

    private static readonly FirstFragment s_first = new(new FragmentPiece(0, 32, IsLast: false, 17), 8, 53);
    private static readonly FragmentPiece s_last = new(32, 40, IsLast: true, 17);

    private readonly ZoneTable _zones = new(16);

    /// <summary>What <see cref="FragmentOptions.MaxDatagrams"/> says of memory.</summary>
    [Fact]
    public void Entry_TakesAsMuchAsTheOptionSays() => Assert.Equal(176, System.Runtime.CompilerServices.Unsafe.SizeOf<FragmentEntry>());

    [Fact]
    public void BeginFirst_WhenFull_SucceedsOnceSomethingExpired()
    {
        FragmentTable table = Table(4);
        uint zone = _zones.Register();
        for (uint i = 0; i < 4; i++)
        {
            Assert.Equal(Reason.NotEvaluated, Begin(table, zone, i, Now + i));
        }

        Assert.Equal(Reason.FragmentTableFull, Begin(table, zone, 9, Now + Lifetime - 1));
        Assert.Equal(Reason.NotEvaluated, Begin(table, zone, 9, Now + Lifetime));
        Assert.Equal(Reason.FragmentTableFull, Begin(table, zone, 10, Now + Lifetime));
        Assert.Equal(Reason.NotEvaluated, Begin(table, zone, 10, Now + Lifetime + 1));
        Assert.Equal(4, table.Count);
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void Share_IsEvenAmongFewNicsAndASixteenthAmongMany()
    {
        FragmentTable table = Table(32);
        uint[] zones = [.. Enumerable.Range(0, 4).Select(_ => _zones.Register())];
        Assert.Equal(8, Fill(table, zones[0]));
        zones = [.. zones, .. Enumerable.Range(0, 36).Select(_ => _zones.Register())];
        Assert.Equal(2, Fill(table, zones[20]));
        _zones.Retire(zones[0], Now);
        Assert.Equal(22, zones[21..].Sum(zone => Fill(table, zone)));
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void Entry_OfARemovedNic_ExpiresLikeAnyOther()
    {
        FragmentTable table = Table(2);
        uint gone = _zones.Register();
        uint zone = _zones.Register();
        Assert.Equal(1, Fill(table, gone));
        _zones.Retire(gone, Now);
        Assert.Equal(1, Fill(table, zone));
        Assert.Equal(Reason.NotEvaluated, Begin(table, zone, 7, Now + Lifetime));
        Assert.Equal(Reason.NotEvaluated, Begin(table, zone, 8, Now + Lifetime));
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void Preview_ForetellsRoomAndTakesNone()
    {
        FragmentTable table = Table(1);
        uint zone = _zones.Register();
        Assert.Equal(Reason.NotEvaluated, Begin(table, zone, 1, Now, commit: false));
        Assert.Equal(0, table.Count);
        Assert.Equal(1, Fill(table, zone));
        Assert.Equal(Reason.FragmentTableFull, Begin(table, zone, 2, Now + 1, commit: false));
        Assert.Equal(Reason.NotEvaluated, Begin(table, zone, 2, Now + Lifetime, commit: false));
        Assert.Equal(Reason.FragmentTableFull, Begin(table, zone, 2, Now + 1));
    }

    [Fact]
    public void Preview_OfAFullShare_IsFullThoughTheTableIsNot()
    {
        FragmentTable table = Table(4);
        uint[] zones = [_zones.Register(), _zones.Register()];
        Assert.Equal(2, Fill(table, zones[0]));
        Assert.Equal(Reason.FragmentTableFull, Begin(table, zones[0], 9, Now, commit: false));
        Assert.Equal(Reason.NotEvaluated, Begin(table, zones[1], 9, Now, commit: false));
    }

    [Fact]
    public void Preview_OfATableFullOfOthers_IsFull()
    {
        FragmentTable table = Table(2);
        uint gone = _zones.Register();
        Assert.Equal(2, Fill(table, gone));
        _zones.Retire(gone, Now);
        uint zone = _zones.Register();
        Assert.Equal(Reason.FragmentTableFull, Begin(table, zone, 9, Now, commit: false));
        Assert.Equal(Reason.NotEvaluated, Begin(table, zone, 9, Now + Lifetime, commit: false));
    }

    /// <summary>Outside the header IPv4 pieces may overlap; the last one only must not end before another did.</summary>
    [Theory]
    [InlineData(40, Reason.MatchedRule)]
    [InlineData(48, Reason.MatchedRule)]
    [InlineData(39, Reason.OverlappingFragment)]
    public void LastFragment_MayEndWhereAnotherEnded(int end, Reason reason)
    {
        FragmentTable table = Table(4);
        FragmentKey key = Key(_zones.Register(), 1);
        FragmentTicket ticket = table.BeginFirst(key, s_first, Now, commit: true);
        table.Conclude(ticket, Verdict.Allow, new FragmentVerdict { Reason = Reason.MatchedRule });
        FragmentPiece middle = new(32, 40, IsLast: false, 17);
        Assert.Equal(Reason.MatchedRule, table.DecideLater(key, middle, Now, new Upheld(), mayHold: false, commit: true).Reason);
        FragmentPiece last = new(32, (ushort)end, IsLast: true, 17);
        Assert.Equal(reason, table.DecideLater(key, last, Now, new Upheld(), mayHold: false, commit: true).Reason);
    }

    [Fact]
    public void Preview_OfAnEarlyFragment_ForetellsThatItIsHeldAndHoldsNothing()
    {
        FragmentTable table = Table(1, hold: true);
        FragmentKey key = Key(_zones.Register(), 1);
        Assert.Equal((Verdict.Hold, 0L), Later(Now, commit: false));
        Assert.Equal(0, table.Count);
        Assert.Equal(Verdict.Hold, Later(Now, commit: true).Verdict);
        FragmentKey other = Key(key.Zone, 2);
        Assert.Equal(Reason.FragmentTableFull, table.DecideLater(other, s_last, Now, new Upheld(), mayHold: true, commit: false).Reason);
        Assert.Equal(Verdict.Hold, table.DecideLater(other, s_last, Now + Lifetime, new Upheld(), mayHold: true, commit: false).Verdict);

        (Verdict Verdict, long Token) Later(long now, bool commit)
        {
            Decision decision = table.DecideLater(key, s_last, now, new Upheld(), mayHold: true, commit);
            return (decision.Verdict, decision.HoldToken);
        }
    }

    [Fact]
    public void AskAgain_WithWhatIsNoTokenOfTheNic_DeniesAndTellsNothing()
    {
        FragmentTable table = Table(1, hold: true);
        FragmentKey key = Key(_zones.Register(), 1);
        uint other = _zones.Register();
        long token = table.DecideLater(key, s_last, Now, new Upheld(), mayHold: true, commit: true).HoldToken;
        Assert.Equal(Verdict.Hold, table.AskAgain(token, key.Zone, key.Direction, Now, new Upheld(), out ParsedPacket held).Verdict);
        Assert.Equal((key.Source, s_last.Protocol), (held.Source, held.Protocol));
        Direction opposite = key.Direction == Direction.Egress ? Direction.Ingress : Direction.Egress;
        (long Token, uint Zone, Direction Direction)[] wrong =
        [
            (token, other, key.Direction), (token, key.Zone, opposite), (token + (1L << 40), key.Zone, key.Direction), (0, key.Zone, key.Direction),
            (-token, key.Zone, key.Direction), (long.MaxValue, key.Zone, key.Direction),
        ];
        foreach ((long asked, uint zone, Direction direction) in wrong)
        {
            Assert.Equal(Reason.LaterFragmentWithoutFirst, table.AskAgain(asked, zone, direction, Now, new Upheld(), out held).Reason);
            Assert.Equal(default, (held.Kind, held.Source, held.Protocol, held.Traits));
        }
    }

    /// <summary>Thread B begins the datagram anew while thread A's first fragment is being judged.</summary>
    [Fact]
    public void Conclude_OfADatagramBegunAnew_IsDropped()
    {
        FragmentTable table = Table(4);
        FragmentKey key = Key(_zones.Register(), 1);
        FragmentTicket a = table.BeginFirst(key, s_first, Now, commit: true);
        FragmentTicket b = table.BeginFirst(key, s_first with { Ports = 54 }, Now, commit: true);
        table.Conclude(b, Verdict.Allow, new FragmentVerdict { Reason = Reason.MatchedRule, RuleNumber = 2 });
        table.Conclude(a, Verdict.Deny, new FragmentVerdict { Reason = Reason.NoMatchingRule });
        Assert.Equal(Decision.Allow(Reason.MatchedRule, 2), table.DecideLater(key, s_last, Now, new Upheld(), mayHold: false, commit: true));
        Assert.Equal(0, table.Count);
        table.Conclude(a, Verdict.Allow, new FragmentVerdict { Reason = Reason.MatchedRule });
        Assert.Equal(Reason.LaterFragmentWithoutFirst, table.DecideLater(key, s_last, Now, new Upheld(), mayHold: false, commit: true).Reason);
        Assert.Null(table.FindDamage());
    }

    [Fact]
    public void Conclude_WhileAnotherFirstFragmentIsJudged_IsDropped()
    {
        FragmentTable table = Table(4);
        FragmentKey key = Key(_zones.Register(), 1);
        FragmentTicket a = table.BeginFirst(key, s_first, Now, commit: true);
        table.BeginFirst(key, s_first with { Ports = 54 }, Now, commit: true);
        table.Conclude(a, Verdict.Allow, new FragmentVerdict { Reason = Reason.MatchedRule });
        Assert.False(table.DecideLater(key, s_last, Now, new Upheld(), mayHold: false, commit: true).IsAllowed);
    }

    [Fact]
    public void Conclude_OfADatagramPoisonedMeanwhile_IsDropped()
    {
        FragmentTable table = Table(4);
        FragmentKey key = Key(_zones.Register(), 1);
        FragmentTicket ticket = table.BeginFirst(key, s_first, Now, commit: true);
        table.Poison(key, Now);
        table.Conclude(ticket, Verdict.Allow, new FragmentVerdict { Reason = Reason.MatchedRule });
        Assert.Equal(Reason.OverlappingFragment, table.DecideLater(key, s_last, Now, new Upheld(), mayHold: false, commit: true).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LaterFragment_WhileTheFirstIsJudged_WaitsLikeOneThatCameBefore(bool mayHold)
    {
        FragmentTable table = Table(4, hold: true);
        FragmentKey key = Key(_zones.Register(), 1);
        FragmentTicket ticket = table.BeginFirst(key, s_first, Now, commit: true);
        Decision early = table.DecideLater(key, s_last, Now, new Upheld(), mayHold, commit: true);
        Assert.Equal((mayHold ? Verdict.Hold : Verdict.Deny, Reason.LaterFragmentWithoutFirst), (early.Verdict, early.Reason));
        table.Conclude(ticket, Verdict.Allow, new FragmentVerdict { Reason = Reason.Established });
        Assert.Equal(Reason.Established, table.DecideLater(key, s_last, Now, new Upheld(), mayHold, commit: true).Reason);
    }

    [Fact]
    public async Task ManyThreads_LeaveTheTableWhole()
    {
        FragmentTable table = Table(64, hold: true);
        uint[] zones = [_zones.Register(), _zones.Register()];
        long clock = Now;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Factory.StartNew(
            () => Storm(new Random(seed)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Null(table.FindDamage());
        Assert.Equal([32, 32], zones.Select(zone => Fill(table, zone, Volatile.Read(ref clock) + (2 * Lifetime))));
        Assert.Null(table.FindDamage());

        // First fragments with an odd identification are denied: nothing of theirs may pass.
        void Storm(Random random)
        {
            List<(long Token, uint Zone)> tokens = [];
            for (int i = 0; i < 60_000; i++)
            {
                long now = Interlocked.Add(ref clock, random.Next(40));
                uint zone = zones[random.Next(2)];
                uint identification = (uint)random.Next(60);
                FragmentKey key = Key(zone, identification);
                if (random.Next(3) == 0)
                {
                    FragmentTicket ticket = table.BeginFirst(key, s_first, now, commit: true);
                    if (ticket.Refusal == Reason.NotEvaluated)
                    {
                        bool isOdd = identification % 2 == 1;
                        table.Conclude(
                            ticket, isOdd ? Verdict.Deny : Verdict.Allow, new FragmentVerdict { Reason = isOdd ? Reason.NoMatchingRule : Reason.MatchedRule, RuleNumber = identification });
                    }

                    continue;
                }

                Decision decision = table.DecideLater(key, s_last, now, new Upheld(), mayHold: random.Next(2) == 0, commit: true);
                Assert.False(decision.IsAllowed && (identification % 2 == 1 || decision.RuleNumber != identification), decision.ToString());
                if (decision.Verdict == Verdict.Hold)
                {
                    tokens.Add((decision.HoldToken, zone));
                }
                else if (tokens.Count > 0)
                {
                    (long token, uint of) = tokens[random.Next(tokens.Count)];
                    Decision answer = table.AskAgain(token, of, Direction.Ingress, now, new Upheld(), out _);
                    Assert.False(answer.IsAllowed && answer.RuleNumber % 2 == 1, answer.ToString());
                }
            }
        }
    }

    private static FragmentKey Key(uint zone, uint identification) =>
        new(1, 2, zone, identification, 0, 17, Ethertype.IPv4, Direction.Ingress);

    private static Reason Begin(FragmentTable table, uint zone, uint identification, long now, bool commit = true) =>
        table.BeginFirst(Key(zone, identification), s_first, now, commit).Refusal;

    private static int Fill(FragmentTable table, uint zone, long now = Now)
    {
        int begun = 0;
        while (Begin(table, zone, 1_000 + (uint)begun, now) == Reason.NotEvaluated)
        {
            begun++;
        }

        return begun;
    }

    private FragmentTable Table(int maxDatagrams, bool hold = false) =>
        new(new FragmentOptions { MaxDatagrams = maxDatagrams, HoldEarlyFragments = hold }, ConnectionTimeouts.Default, _zones);

    private readonly struct Upheld : IFragmentPolicy
    {
        public bool TryUphold(ref FragmentVerdict verdict, in FragmentKey key) => true;
    }
}
