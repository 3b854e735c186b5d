using System.Globalization;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>
/// Medians over the rounds of a race, their spread, and the ratio of ours to the peer: the median of the rounds' own ratios, as a machine that
/// slows down slows both.
/// </summary>
internal static class RaceReport
{
    private const string Ours = "ours";
    private const string Peer = "peer";

    public static void Print(IEnumerable<string> lines)
    {
        Figure[] figures = [.. lines.Select(Figure.Parse)];
        Console.WriteLine("| work | measure | ours | peer | ratio |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (IGrouping<(string What, string Measure), Figure> work in figures.GroupBy(figure => (figure.What, figure.Measure)))
        {
            double[] ratios = [.. work.Where(figure => figure.Side == Ours)
                .Join(work.Where(figure => figure.Side == Peer), ours => ours.Round, peer => peer.Round, (ours, peer) => ours.Value / peer.Value)];
            Console.WriteLine($"| {work.Key.What} | {work.Key.Measure} | {Spread(Values(work, Ours))} | {Spread(Values(work, Peer))} | {Spread(ratios)} |");
        }
    }

    private static double[] Values(IEnumerable<Figure> work, string side) => [.. work.Where(figure => figure.Side == side).Select(figure => figure.Value)];

    private static string Spread(double[] values)
    {
        if (values.Length == 0)
        {
            return "";
        }

        double[] sorted = [.. values.Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return $"{Text(median)} [{Text(sorted[0])} - {Text(sorted[^1])}]";
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
