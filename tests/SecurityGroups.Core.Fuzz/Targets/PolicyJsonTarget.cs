using System.Text;
using SecurityGroups.Tests.Model;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// Any octets: reading ends in a policy, or in errors that each say where and what; and a policy that was read compiles or is refused with
/// errors, and written and read again is equal.
/// </summary>
internal sealed class PolicyJsonTarget : FuzzTarget
{
    public override string Name => "policy-json";

    public override int Weight => 17;

    public override void Run(byte[] input)
    {
        bool isRead = PolicyJson.TryRead(input, out Policy? policy, out PolicyReport report);
        Require(isRead == report.IsValid && isRead == (policy is not null), "a policy, or errors");
        Require(isRead == report.Errors.IsDefaultOrEmpty, "no policy without an error");
        foreach (PolicyError error in report.Errors)
        {
            Require(error is { Path.Length: > 0, Code.Length: > 0, Message.Length: > 0 }, $"an error says where, what and why: {error}");
        }

        if (policy is null)
        {
            RequireException(input);
            return;
        }

        Reached++;
        string written = PolicyJson.Write(policy);
        Policy again = PolicyJson.Read(written);
        Require(again.Equals(policy) && PolicyJson.Write(again) == written, "what is written reads back equal");
        Compile(policy);
    }

    public override byte[] Next(Random random) => Mutation.Damage(Encoding.UTF8.GetBytes(PolicyJson.Write(PolicyArbitrary.Make(random.Next()))), random);

    public override IEnumerable<byte[]> Seeds() => Enumerable.Range(0, 200)
        .Select(seed => Encoding.UTF8.GetBytes(PolicyJson.Write(PolicyArbitrary.Make(seed)))).Where(json => json.Length < 3_000).Take(20);

    private static void RequireException(byte[] input)
    {
        try
        {
            PolicyJson.Read(input);
        }
        catch (PolicyException)
        {
            return;
        }

        throw new BrokenPromiseException("TryRead refuses what Read accepts");
    }

    private static void Compile(Policy policy)
    {
        try
        {
            FirewallOptions options = new() { LinkType = LinkType.Ethernet, ConnectionTracking = new ConnectionTrackingOptions { MaxConnections = 8 } };
            new Firewall(policy, options).Dispose();
        }
        catch (PolicyException)
        {
            // Beyond a limit.
        }
    }
}
