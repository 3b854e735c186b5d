using SecurityGroups.Schedules.Scheduling;
using SecurityGroups.Tracking;
using Xunit.Abstractions;

namespace SecurityGroups.Schedules.Tables;

/// <summary>The table's protocol in every order of its steps, as far as the bounds go (<see cref="Explorer"/>).</summary>
public class TableScheduleTests(ITestOutputHelper output)
{
    private const long Expiry = 30_000;

    [Fact]
    public void TwoInsertsOfOneKey_MakeOneConnection() => Explore(() =>
    {
        TableTrial trial = new(4);
        return trial.Run(() => trial.Insert(1), () => trial.Insert(1));
    });

    // Behaviour U11: who comes second finds the connection of the first.
    [Fact]
    public void BothEndsAtOnce_ShareOneConnection() => Explore(() =>
    {
        TableTrial trial = new(4);
        void Packet()
        {
            if (!trial.Lookup(1) && trial.TryInsert(1, ConnectionClass.UdpUnreplied, 0) != InsertResult.Inserted && !trial.TryLookup(1))
            {
                throw new InvalidOperationException("neither made nor found");
            }
        }

        return trial.Unjudged().Run(Packet, Packet);
    });

    [Fact]
    public void InsertRemoveAndLookup_OfOneKey() => Explore(() =>
    {
        TableTrial trial = new TableTrial(4).With(ConnectionClass.UdpUnreplied, 1);
        return trial.Run(() => trial.Insert(1), () => trial.Remove(1), () => trial.Lookup(1));
    });

    [Fact]
    public void RemoveTwice_EndsItOnce() => Explore(() =>
    {
        TableTrial trial = new TableTrial(4).With(ConnectionClass.UdpUnreplied, 1, 2);
        return trial.Run(() => trial.Remove(1), () => trial.Remove(1));
    });

    // One entry: what is found may have become another connection when it is locked.
    [Fact]
    public void LookupWhileItsEntryIsUsedForAnother_FindsNothingElse() => Explore(() =>
    {
        TableTrial trial = new TableTrial(1).With(ConnectionClass.Established, 1);
        return trial.Run(
            () => trial.Lookup(1),
            () =>
            {
                trial.Remove(1);
                trial.Insert(2);
            });
    });

    [Fact]
    public void EntryThatComesBackUnderItsOldKey_IsFoundOrNot() => Explore(() =>
    {
        TableTrial trial = new TableTrial(2).With(ConnectionClass.Established, 1);
        return trial.Run(
            () => trial.Lookup(1),
            () =>
            {
                trial.Remove(1);
                trial.Insert(2, ConnectionClass.Established);
                trial.Insert(1, ConnectionClass.Established);
            });
    });

    // The entry's number goes round: what is seen of it belongs together all the same.
    [Fact]
    public void EntryThatIsUsedForAnotherWhileItIsSeen_IsNotMistaken() => Explore(() =>
    {
        TableTrial trial = new TableTrial(1).With(ConnectionClass.UdpUnreplied, 1);
        return trial.Run(() => trial.SeeAndTouch(1, now: 0), () => UseForAnother(trial, ConnectionClass.UdpUnreplied));
    });

    [Fact]
    public void EntryThatIsUsedForAnotherAfterItWasSighted_IsNotMistaken() => Explore(() =>
    {
        TableTrial trial = new TableTrial(1).With(ConnectionClass.Established, 1);
        return trial.Run(() => trial.SightAndLock(1), () => UseForAnother(trial, ConnectionClass.Established));
    });

    [Fact]
    public void TouchWhileTheConnectionEnds_HarmsNoOther() => Explore(() =>
    {
        TableTrial trial = new TableTrial(1).With(ConnectionClass.UdpUnreplied, 1);
        return trial.Run(
            () => trial.SeeAndTouch(1, now: 50),
            () =>
            {
                trial.Remove(1);
                trial.Insert(3);
            });
    });

    [Fact]
    public void TouchWhileAnotherLooks_IsNotLost() => Explore(() =>
    {
        TableTrial trial = new TableTrial(2).With(ConnectionClass.UdpUnreplied, 1);
        bool isTouched = false;
        return trial.Unjudged().Run(() => isTouched = trial.SeeAndTouch(1, now: 50), () => trial.TimeOf(1)) with
        {
            Verdict = () => trial.Verdict() ?? (!isTouched || trial.TimeOf(1) == 50 ? null : "a touch was lost"),
        };
    });

    [Fact]
    public void TouchAgainstExpiry_OneOfThemIsFirst() => Explore(() =>
    {
        TableTrial trial = new TableTrial(4).With(ConnectionClass.UdpUnreplied, 1);
        return trial.Run(() => trial.SeeAndTouch(1, Expiry - 1), () => trial.Reclaim(Expiry, 1));
    });

    [Fact]
    public void AskedForWithoutALock_WhileItsEntryIsUsedForAnother() => Explore(() =>
    {
        TableTrial trial = new TableTrial(1).With(ConnectionClass.Established, 1);
        return trial.Run(
            () => trial.Ask(1),
            () =>
            {
                trial.Remove(1);
                trial.Insert(2, ConnectionClass.Established);
            },
            () => trial.Ask(2));
    });

    // Nine connections of one home: the ninth, which stays, lies in the bucket after it.
    [Fact]
    public void SpilledConnection_AskedForWithoutALock_IsThereWhileItsHomeChanges() => Explore(() =>
    {
        TableTrial trial = new(16);
        int[] numbers = trial.NumbersAt(home: 1, count: 11);
        trial.With(ConnectionClass.Established, numbers[..10]);
        return trial.Run(
            () => trial.Ask(numbers[8]),
            () =>
            {
                trial.Remove(numbers[0]);
                trial.Insert(numbers[10], ConnectionClass.Established);
            },
            () => trial.Remove(numbers[9]));
    });

    [Fact]
    public void ExpiryAgainstRefresh_OneOfThemIsFirst() => Explore(() =>
    {
        TableTrial trial = new TableTrial(4).With(ConnectionClass.UdpUnreplied, 1);
        return trial.Run(() => trial.Touch(1, Expiry - 1), () => trial.Reclaim(Expiry, 1));
    });

    [Fact]
    public void ExpiredOneOfTheSameKey_MakesWayForTwoNewcomers() => Explore(() =>
    {
        TableTrial trial = new TableTrial(4).With(ConnectionClass.UdpUnreplied, 1);
        int inserted = 0;
        void Insert()
        {
            bool isInserted = trial.TryInsert(1, ConnectionClass.UdpUnreplied, Expiry) == InsertResult.Inserted;
            inserted += isInserted ? 1 : 0;
        }

        return trial.Unjudged().Run(Insert, Insert) with { Verdict = () => trial.Verdict() ?? (inserted == 1 ? null : $"{inserted} were made") };
    });

    // The victim may be established while it is being chosen: then it stays.
    [Fact]
    public void EvictionAgainstUpdate_NeverTakesTheEstablished() => Explore(() =>
    {
        TableTrial trial = new TableTrial(2).With(ConnectionClass.SynSent, 1).With(ConnectionClass.Established, 2);
        bool isEstablished = false;
        return trial.Run(() => trial.Insert(3, evictable: 1), () => isEstablished = trial.Establish(1)) with
        {
            Verdict = () => trial.Verdict() ?? (isEstablished && !trial.TryLookup(1) ? "an established connection was evicted" : null),
        };
    });

    [Fact]
    public void TwoNewcomersToAFullTable_EvictTwo() => Explore(() =>
    {
        TableTrial trial = new TableTrial(3).With(ConnectionClass.SynSent, 1, 2, 3);
        return trial.Run(() => trial.Insert(4, evictable: [1, 2, 3, 5]), () => trial.Insert(5, evictable: [1, 2, 3, 4]));
    });

    // Who comes after the other has published hears that the connection is there, not that there is no room.
    [Fact]
    public void TwoOfOneKey_ForTheLastPlace_MakeOneConnection() => Explore(() =>
    {
        TableTrial trial = new TableTrial(2).With(ConnectionClass.Established, 1);
        return trial.Run(() => trial.Insert(2, ConnectionClass.Established), () => trial.Insert(2, ConnectionClass.Established));
    });

    [Fact]
    public void HalfOpenCap_IsCountedThroughEveryChange() => Explore(() =>
    {
        TableTrial trial = new TableTrial(8, halfOpenPercentage: 25).With(ConnectionClass.SynSent, 1, 2);
        return trial.Run(
            () => trial.Insert(3, ConnectionClass.SynSent, evictable: [1, 2]),
            () => trial.Establish(1),
            () => trial.Remove(2)) with
        {
            Verdict = () => trial.Verdict() ?? (trial.Table.Room.Of(ConnectionRank.HalfOpen) > 2 ? "the cap was exceeded" : null),
        };
    });

    [Fact]
    public void QuotaLists_FollowEveryChange() => Explore(() =>
    {
        TableTrial trial = new TableTrial(8, quota: 2).With(ConnectionClass.SynSent, 1, 2);
        return trial.Run(() => trial.Insert(3, evictable: [1, 2]), () => trial.Establish(1), () => trial.Remove(2));
    });

    // Who looked for a victim renews the others it met, of which one may be another zone's by then.
    [Fact]
    public void QuotaLists_OfTwoZones_KeepToTheirOwn() => Explore(() =>
    {
        TableTrial trial = new TableTrial(3, quota: 2, zones: 2).With(ConnectionClass.SynSent, 2, 4);
        trial.Touch(4, now: 90);
        return trial.Unjudged().Run(
            () => trial.TryInsert(6, ConnectionClass.SynSent, now: 100),
            () =>
            {
                trial.Remove(4);
                trial.TryInsert(1, ConnectionClass.SynSent, now: 100);
            });
    });

    [Fact]
    public void RetiredZone_KeepsItsCountsUntilItsLastConnectionIsOut() => Explore(() =>
    {
        TableTrial trial = new TableTrial(4, quota: 3).With(ConnectionClass.UdpUnreplied, 1);
        return trial.Unjudged().Run(() => trial.TryInsert(2, ConnectionClass.UdpUnreplied, 0), trial.Retire, () => trial.Table.Reclaim(0, 4));
    });

    // Nine connections of one home: the ninth lies in the bucket after it.
    [Fact]
    public void SpilledConnections_AreFoundWhileTheirHomeChanges() => Explore(() =>
    {
        TableTrial trial = new(16);
        int[] numbers = trial.NumbersAt(home: 1, count: 10);
        trial.With(ConnectionClass.Established, numbers[..9]);
        return trial.Run(
            () => trial.Lookup(numbers[8]),
            () =>
            {
                trial.Remove(numbers[0]);
                trial.Insert(numbers[9], ConnectionClass.Established);
            },
            () => trial.Remove(numbers[8]));
    });

    [Fact]
    public void SpillingAtOnce_FromTwoHomes_CountsRightly() => Explore(() =>
    {
        TableTrial trial = new(32);
        int[] first = trial.NumbersAt(home: 1, count: 9);
        int[] second = trial.NumbersAt(home: 2, count: 9);
        trial.With(ConnectionClass.Established, [.. first[..8], .. second[..8]]);
        return trial.Run(
            () => trial.Insert(first[8], ConnectionClass.Established),
            () => trial.Insert(second[8], ConnectionClass.Established),
            () => trial.Remove(second[0]));
    });

    [Fact]
    public void EntriesTakenAndGivenBackAtOnce_AreNeverShared() => Explore(() =>
    {
        TableTrial trial = new TableTrial(3).With(ConnectionClass.Established, 1, 2, 3);
        void Replace(int old, int number)
        {
            trial.Remove(old);
            trial.Insert(number, ConnectionClass.Established);
        }

        return trial.Run(() => Replace(1, 4), () => Replace(2, 5), () => Replace(3, 6));
    });

    // One free list for both. A reads its head and the link behind it, B takes two entries and gives the first one back: the head looks as
    // before, the link does not (ABA).
    [Fact]
    public void EntryThatIsTakenAndGivenBackWhileAnotherTakesIt_IsNotShared() => Explore(() =>
    {
        TableTrial trial = new TableTrial(4).With(ConnectionClass.Established, 1, 2, 3, 4).Without(2, 3, 4);
        return trial.Run(
            () =>
            {
                Interleaving.Processor = 0;
                trial.Insert(5, ConnectionClass.Established);
            },
            () =>
            {
                Interleaving.Processor = 0;
                trial.Insert(6, ConnectionClass.Established);
                trial.Insert(7, ConnectionClass.Established);
                trial.Remove(6);
            });
    });

    private void Explore(Func<Trial> newTrial)
    {
        Exploration explored = Explorer.Explore(newTrial);
        output.WriteLine($"{explored.Systematic} schedules, complete up to {explored.CompleteBound} preemptions, {explored.Random} random walks");
        Assert.InRange(explored.CompleteBound, 1, 2);
    }

    // The entry of 1 is that of 2 for a while, then of a new 1.
    private static void UseForAnother(TableTrial trial, ConnectionClass kind)
    {
        trial.Remove(1);
        trial.Insert(2, kind);
        trial.Remove(2);
        trial.Insert(1, kind);
    }
}
