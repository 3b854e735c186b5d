using System.Text;
using FsCheck.Xunit;

namespace SecurityGroups.Tests.Model;

public sealed class PolicyJsonPropertyTests
{
    [Property(MaxTest = 300)]
    [Trait("Semantics", "53")]
    public void Write_AnyPolicy_ReadsBackEqual(int seed)
    {
        Policy policy = PolicyArbitrary.Make(seed);

        string json = PolicyJson.Write(policy);

        Assert.Equal(policy, PolicyJson.Read(json));
        Assert.Equal(json, PolicyJson.Write(PolicyJson.Read(json)));
    }

    [Property(MaxTest = 300)]
    public void Read_DamagedPolicy_GivesAPolicyOrErrorsAndNothingElse(int seed)
    {
        Random random = new(seed);
        byte[] utf8Json = Encoding.UTF8.GetBytes(PolicyJson.Write(PolicyArbitrary.Make(seed)));
        for (int change = 0; change < 4; change++)
        {
            utf8Json = Damage(utf8Json, random);
            CheckRead(utf8Json);
        }
    }

    [Property(MaxTest = 300)]
    public void Read_AnyOctets_GivesAPolicyOrErrorsAndNothingElse(byte[] octets) => CheckRead(octets);

    [Property(MaxTest = 300)]
    public void Read_WrongValueAnywhere_IsNeverAWiderPolicy(int seed)
    {
        // Whatever member is renamed, the document is refused: nothing that was written is ever skipped.
        Random random = new(seed);
        string json = PolicyJson.Write(PolicyArbitrary.Make(seed));
        int[] members = [.. Enumerable.Range(1, json.Length - 1).Where(index => json[index] == ':' && json[index - 1] == '"')];
        int chosen = members[random.Next(members.Length)] - 1;

        Assert.False(PolicyJson.TryRead(Encoding.UTF8.GetBytes(json.Insert(chosen, "x")), out _, out PolicyReport report));
        Assert.Contains(report.Errors, error => error.Code is "member.unknown");
    }

    private static void CheckRead(byte[] utf8Json)
    {
        bool isRead = PolicyJson.TryRead(utf8Json, out Policy? policy, out PolicyReport report);

        Assert.Equal(isRead, report.IsValid);
        Assert.Equal(isRead, policy is not null);
        if (!isRead)
        {
            Assert.Throws<PolicyException>(() => PolicyJson.Read(utf8Json));
        }
    }

    private static byte[] Damage(byte[] octets, Random random)
    {
        int at = random.Next(octets.Length);
        int count = Math.Min(random.Next(1, 6), octets.Length - at);
        return random.Next(4) switch
        {
            0 => octets[..at],
            1 => [.. octets[..at], .. octets[(at + count)..]],
            2 => [.. octets[..at], (byte)random.Next(256), .. octets[at..]],
            _ => [.. octets[..at], .. octets.AsSpan(random.Next(octets.Length - count), count), .. octets[(at + count)..]],
        };
    }
}
