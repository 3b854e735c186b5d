using System.Globalization;
using System.Text;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>
/// Medians over the rounds of a race, their spread, and the ratio of ours to the peer: the median of the rounds' own ratios, as a machine that
/// slows down slows both.
/// </summary>
internal static class RaceReport
{
    private const string Ours = "ours";

    public static void Print(IEnumerable<string> lines)
    {
        Figure[] figures = [.. lines.Select(Figure.Parse)];
        Console.WriteLine("| work | measure | peer | ours | peer's | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (IGrouping<(string What, string Measure), Figure> work in figures.GroupBy(figure => (figure.What, figure.Measure)))
        {
            string[] peers = [.. work.Select(figure => figure.Side).Where(side => side != Ours).Distinct()];
            foreach (string peer in peers.DefaultIfEmpty(""))
            {
                Console.WriteLine(Row(work, peer));
            }
        }
    }

    private static string Row(IGrouping<(string What, string Measure), Figure> work, string peer)
    {
        StringBuilder row = new();
        row.Append(CultureInfo.InvariantCulture, $"| {work.Key.What} | {work.Key.Measure} | {peer} | {Spread(Values(work, Ours))} | {Spread(Values(work, peer))} | ");
        double[] ratios = [.. work.Where(figure => figure.Side == Ours)
            .Join(work.Where(figure => figure.Side == peer), ours => ours.Round, theirs => theirs.Round, (ours, theirs) => ours.Value / theirs.Value)];
        return row.Append(Spread(ratios)).Append(" |").ToString();
    }

    private static double[] Values(IEnumerable<Figure> work, string side) => [.. work.Where(figure => figure.Side == side).Select(figure => figure.Value)];

    private static string Spread(double[] values)
    {
        if (values.Length == 0)
        {
            return "";
        }

        double[] sorted = [.. values.Order()];
        return $"{Text(sorted[sorted.Length / 2])} [{Text(sorted[0])} - {Text(sorted[^1])}]";
    }

    private static string Text(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture);

    private sealed record Figure(string Round, string Side, string What, string Measure, double Value)
    {
        public static Figure Parse(string line)
        {
            string[] words = line.Split('\t');
            return new Figure(words[0], words[1], words[2], words[3], double.Parse(words[4], CultureInfo.InvariantCulture));
        }
    }
}
