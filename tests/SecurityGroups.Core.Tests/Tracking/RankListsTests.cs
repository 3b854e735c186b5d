using FsCheck.Xunit;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public class RankListsTests
{
    private const uint Connections = 8;

    /// <summary>Beside plain lists: the same order in each rank, whatever is put, renewed, adopted and removed.</summary>
    [Property(MaxTest = 200)]
    public void Lists_AgainstPlainOnes_KeepTheSameOrder((byte What, byte Index, byte Rank)[] steps)
    {
        RankLists lists = NewLists();
        List<uint>[] expected = [.. Enum.GetValues<ConnectionRank>().Select(_ => new List<uint>())];
        foreach ((byte what, byte number, byte rankNumber) in steps)
        {
            uint index = number % Connections;
            ConnectionRank rank = (ConnectionRank)(rankNumber % expected.Length);
            List<uint>? place = expected.FirstOrDefault(list => list.Contains(index));
            bool isMoved = (what % 5) switch
            {
                2 => place == expected[(int)rank],
                3 => place is null,
                _ => true,
            };
            Do(lists, what % 5, index, rank);
            if (isMoved)
            {
                place?.Remove(index);
                expected[(int)rank].InsertRange(what % 5 == 1 ? 0 : expected[(int)rank].Count, what % 5 == 4 ? [] : [index]);
            }

            AssertAre(expected, lists);
        }
    }

    [Fact]
    public void CopyOldest_OfMoreThanFit_IsTheOldest()
    {
        RankLists lists = NewLists();
        uint[] oldest = [99, 99];
        Assert.Equal(0, lists.CopyOldest(ConnectionRank.Stream, oldest));
        for (uint index = 0; index < Connections; index++)
        {
            lists.Put(index, ConnectionRank.Stream);
        }

        Assert.Equal(2, lists.CopyOldest(ConnectionRank.Stream, oldest));
        Assert.Equal([0u, 1], oldest);
        Assert.Equal(0, lists.CopyOldest(ConnectionRank.Stream, []));
    }

    [Fact]
    public void Remove_BeforeTheFirstUse_TouchesNoLinks()
    {
        AlignedArray<RankLink> links = new((int)Connections);
        RankLists used = new(links);
        used.Use();
        used.Put(3, ConnectionRank.Stream);
        RankLists unused = new(links);
        Assert.Equal((true, false), (used.IsUsed, unused.IsUsed));
        unused.Remove(3);
        Assert.Null(used.FindDamage([3]));
        Assert.True(used.AgreesOn(3, ConnectionRank.Stream));
        Assert.False(used.AgreesOn(3, ConnectionRank.Closing));
        Assert.True(used.AgreesOn(2, ConnectionRank.Closing));
    }

    [Fact]
    public void FindDamage_OfBrokenLists_SaysSo()
    {
        Assert.Null(Damage([0, 1, 2], _ => { }));
        Assert.NotNull(Damage([0, 1], _ => { }));
        Assert.Null(Damage([0, 1, 2, 5], _ => { }));
        Assert.NotNull(Damage([0, 1, 2, 5], links => links[5] = links[1]));
        Assert.NotNull(Damage([0, 1, 2], links => links[1].Rank = ConnectionRank.Closing));
        Assert.NotNull(Damage([0, 1, 2], links => links[1].Previous = 2));
    }

    private static string? Damage(HashSet<uint> members, Action<AlignedArray<RankLink>> damage)
    {
        AlignedArray<RankLink> links = new((int)Connections);
        RankLists lists = new(links);
        for (uint index = 0; index < 3; index++)
        {
            lists.Put(index, ConnectionRank.Stream);
        }

        damage(links);
        return lists.FindDamage(members);
    }

    private static RankLists NewLists()
    {
        RankLists lists = new(new AlignedArray<RankLink>((int)Connections));
        lists.Use();
        return lists;
    }

    private static void Do(RankLists lists, int what, uint index, ConnectionRank rank)
    {
        switch (what)
        {
            case 0:
                lists.Put(index, rank);
                break;
            case 1:
                lists.Put(index, rank, asOldest: true);
                break;
            case 2:
                lists.Renew(index, rank);
                break;
            case 3:
                lists.Adopt(index, rank);
                break;
            default:
                lists.Remove(index);
                break;
        }
    }

    private static void AssertAre(List<uint>[] expected, RankLists lists)
    {
        Assert.Null(lists.FindDamage([.. expected.SelectMany(list => list)]));
        for (int rank = 0; rank < expected.Length; rank++)
        {
            uint[] oldest = new uint[Connections];
            Assert.Equal(expected[rank], oldest[..lists.CopyOldest((ConnectionRank)rank, oldest)]);
        }
    }
}
