using System.Globalization;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>Whatever pieces pass, no receiver puts a datagram together that the rules deny (fuzzer F-E of behaviour.md).</summary>
public sealed class FragmentProperties
{
    private static readonly string? s_runs = Environment.GetEnvironmentVariable("SECURITYGROUPS_PROPERTY_RUNS");

    [Fact]
    public void Filter_RandomPieces_LetsNoDeniedDatagramBePutTogether()
    {
        int runs = s_runs is null ? 600 : int.Parse(s_runs, CultureInfo.InvariantCulture) * 10;
        int reassembled = 0;
        for (int seed = 0; seed < runs; seed++)
        {
            Random random = new(seed);
            byte[] input = new byte[1 + (5 * random.Next(4, 24))];
            random.NextBytes(input);
            input[0] = (byte)seed;
            reassembled += Try(seed, input);
        }

        Assert.InRange(reassembled, runs / 10, int.MaxValue);
    }

    private static int Try(int seed, byte[] input)
    {
        try
        {
            return FragmentTrial.Run(input);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"seed {seed}, input {Convert.ToHexString(input)}", failure);
        }
    }
}
