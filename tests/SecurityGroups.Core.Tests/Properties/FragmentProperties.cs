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

    /// <summary>Found by a long run: behind a datagram whose pieces were held, one that came twice was left over for the next first fragment.</summary>
    [Fact]
    public void Filter_FirstFragmentAmongPiecesLeftOver_IsDenied() =>
        Assert.NotEqual(0, FragmentTrial.Run(Convert.FromHexString(
            "8FE1BBE02F71D18E9AEF3C9221CBCFBEA4E0AF910714BB6798F12D4CCDB6AC172CB89AC2C8A6FE36C8D76745AA1552E913F73CD3B98D55B32654483E4484C1E343256669300D" +
            "F6FDE278C930AD75BC839E4338D579D85E9E63E79C735EBFF24316830185AE")));

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
