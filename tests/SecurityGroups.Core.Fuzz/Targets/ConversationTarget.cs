using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// The choices of two TCP peers, of a bad link and of an attacker off the path: no packet of a legal conversation is denied, and no blind segment
/// counts, closes the connection or changes it.
/// </summary>
internal sealed class ConversationTarget : FuzzTarget
{
    private const int MostSteps = 4_000;

    public override string Name => "tcp";

    public override int Weight => 25;

    public override void Run(byte[] input)
    {
        InputRandom random = new(input);
        Ends ends = random.Next(2) == 0 ? Ends.IPv4 : Ends.IPv6;
        using LegalConversation conversation = new(random, ends, fromLocal: random.Next(2) == 0);
        for (int step = 0; step < MostSteps && !random.IsAtEnd; step++)
        {
            conversation.Step();
        }

        Reached += conversation.Attacks;
    }

    public override byte[] Next(Random random) => Choices(random, 8_000);
}
