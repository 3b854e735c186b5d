using System.Reflection;
using System.Text.RegularExpressions;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// Every row of the matrix in behaviour.md, section 2, is a test that names it: in the method's name or as the first text of its data. A row
/// about packets is told as a <see cref="Scenario"/>, which runs it one by one, in bursts, and with save and restore between any two packets.
/// </summary>
public sealed partial class BehaviourCoverageTests
{
    private const string Rows =
        "T01 T02 T03 T04 T05 T06 T08 T09 T11 T14 T16 T17 T18 T19 T20 T21 T22 T23 "
        + "E01 E02 E04 E05 E06 E07 E08 E09 E10 E12 E13 E15 E16 E17 E18 E19 "
        + "C01 C02 C03 C04 C06 C07 C08 C09 C10 C11 C12 C14 C15 "
        + "F01 F02 F03 F04 F05 F06 F07 F08 F09 F10 F11 "
        + "U01 U02 U03 U04 U05 U06 U07 U08 U09 U10 U11 U12 U13 U14 U15 "
        + "I01 I02 I03 I04 I05 I06 I07 I09 I11 I13 I14 I15 I16 I17 I18 I19 I20 I21 I22 I23 I24 "
        + "G01 G02 G03 G04 G05 G06 G07 G08 G09 G10 G12 G13 G14 "
        + "X01 X02 X03 X04 X05 X06 X07 X08 "
        + "P01 P02 P03 P04 P05 P06 P08 P09 P10 P12 P13 "
        + "K01 K02 K04 K05";

    /// <summary>Rows that no story of packets can tell, and why; their tests are elsewhere.</summary>
    private static readonly Dictionary<string, string> s_notStories = new()
    {
        ["E19"] = "two threads on one connection: a race, not an order of packets",
        ["U11"] = "two threads open one flow: a race, not an order of packets",
        ["P12"] = "an error of the policy: there is no firewall to send packets to",
        ["P13"] = "threads match while the policy changes: a race, not an order of packets",
        ["K05"] = "a million flows chosen to collide: about the hash table's probes",
    };

    [Fact]
    public void EveryRow_HasATestThatNamesIt() => Assert.Equal([], Rows.Split(' ').Except(RowsOf(TestMethods.All)));

    [Fact]
    public void EveryRowAboutPackets_IsTold() =>
        Assert.Equal([], Rows.Split(' ').Except(s_notStories.Keys).Except(RowsOf(TestMethods.All.Where(IsStory))));

    [Fact]
    public void RowsThatAreNoStories_AreNone() => Assert.Equal([], s_notStories.Keys.Intersect(RowsOf(TestMethods.All.Where(IsStory))));

    private static HashSet<string> RowsOf(IEnumerable<MethodInfo> tests) =>
        [.. tests.SelectMany(TestMethods.NamesOf).SelectMany(name => RowId().Matches(name)).Select(match => match.Value)];

    /// <summary>Whether the test is in a class of behaviour that tells its stories by scenarios.</summary>
    private static bool IsStory(MethodInfo test) =>
        test.DeclaringType!.Name.StartsWith("Behaviour", StringComparison.Ordinal) && TypeReferences.Of(test.DeclaringType).Contains(typeof(Scenario));

    [GeneratedRegex("(?<![A-Za-z0-9])[TECFUIGXPK][0-9]{2}(?![0-9])")]
    private static partial Regex RowId();
}
