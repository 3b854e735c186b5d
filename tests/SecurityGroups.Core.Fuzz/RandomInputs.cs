using System.Globalization;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz;

/// <summary>Changed samples without a fuzzer: repeatable, needs nothing but the SDK.</summary>
internal static class RandomInputs
{
    public static int Run(Target target, int count, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] octets = PacketSamples.Next(random, random.Next(2) == 0 ? LinkType.Ethernet : LinkType.RawIp);
            try
            {
                target.Run(octets);
            }
            catch (Exception)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"input {i} of seed {seed}: {Convert.ToHexString(octets)}"));
                throw;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} inputs, {target.Allowed} decisions allow"));
        return 0;
    }
}
