namespace SecurityGroups.Fuzz;

/// <summary>Damage for random runs: a few octets changed, cut out, put in, copied, or an end lost.</summary>
internal static class Mutation
{
    public static byte[] Damage(byte[] octets, Random random)
    {
        for (int changes = random.Next(5); changes > 0; changes--)
        {
            octets = DamageOnce(octets, random);
        }

        return octets;
    }

    private static byte[] DamageOnce(byte[] octets, Random random)
    {
        if (octets.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        int at = random.Next(octets.Length);
        int count = random.Next(Math.Min(6, octets.Length - at) + 1);
        return random.Next(5) switch
        {
            0 => octets[..at],
            1 => [.. octets[..at], .. octets[(at + count)..]],
            2 => [.. octets[..at], (byte)random.Next(256), .. octets[at..]],
            3 => [.. octets[..at], (byte)(octets[at] ^ (1 << random.Next(8))), .. octets[(at + 1)..]],
            _ => [.. octets[..at], .. octets.AsSpan(random.Next(octets.Length - count), count), .. octets[(at + count)..]],
        };
    }
}
