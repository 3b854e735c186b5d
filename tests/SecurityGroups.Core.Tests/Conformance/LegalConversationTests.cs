using FsCheck.Xunit;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Legal conversations over a bad link and under attack, from many seeds; the fuzzer runs the same by choices of its own.</summary>
public sealed class LegalConversationTests
{
    private const int MostSteps = 20_000;

    [Property(MaxTest = 100)]
    public void Conversation_OverABadLink_IsNeverDenied(int seed)
    {
        using LegalConversation conversation = new(new Random(seed), (seed & 1) == 0 ? Ends.IPv4 : Ends.IPv6, fromLocal: (seed & 2) == 0);
        for (int step = 0; !conversation.IsDone; step++)
        {
            Assert.True(step < MostSteps, $"seed {seed}: the conversation hangs");
            conversation.Step();
        }

        Assert.NotEqual(0, conversation.Attacks);
    }
}
