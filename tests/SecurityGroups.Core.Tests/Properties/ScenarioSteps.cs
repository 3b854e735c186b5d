using System.Collections.Immutable;

namespace SecurityGroups.Tests.Properties;

/// <summary>Random steps with a high hit rate: pieces of real conversations, interleaved, with something odd now and then.</summary>
internal static class ScenarioSteps
{
    public const int Conversations = 5;

    // Odd milliseconds, so that no sum lands on the edge of a timeout.
    private static readonly int[] s_waits = [0, 7, 313, 1_003, 2_017, 9_011, 11_003, 29_021, 31_009, 59_023, 61_007, 119_027, 121_013, 181_031, 301_019, 601_037, 7_441_009];

    private static readonly (bool FromInitiator, Talk Talk)[] s_handshake = [(true, Talk.Syn), (false, Talk.SynAck), (true, Talk.Ack)];

    private static readonly (bool FromInitiator, Talk Talk)[][] s_scripts =
    [
        [(true, Talk.Data), (false, Talk.Data), (true, Talk.Ack)],
        [(true, Talk.Data), (false, Talk.Ack), (false, Talk.Data), (true, Talk.Ack)],
        [(false, Talk.Data), (false, Talk.Data), (true, Talk.Sack), (true, Talk.Ack)],
        [(true, Talk.Fin), (false, Talk.Ack), (false, Talk.Fin), (true, Talk.Ack)],
        [(false, Talk.Fin), (true, Talk.Fin), (false, Talk.Ack), (true, Talk.Ack)],
        [(true, Talk.Fin), (false, Talk.Ack), (false, Talk.Data), (true, Talk.Ack)],
        [(true, Talk.Fin), (false, Talk.Fin), (true, Talk.Ack), (true, Talk.Syn), (false, Talk.SynAck)],
        [(true, Talk.Reset), (true, Talk.Syn)],
        [(false, Talk.Data), (false, Talk.Reset)],
        [(true, Talk.Syn), (false, Talk.Ack), (true, Talk.Reset)],
        [(false, Talk.WildReset), (true, Talk.Data), (false, Talk.Ack)],
        [(true, Talk.ClosedWindow), (false, Talk.KeepAlive), (true, Talk.Ack)],
        [(true, Talk.Data), (true, Talk.Repeat), (true, Talk.Repeat), (true, Talk.Repeat)],
        [(true, Talk.Syn), (false, Talk.Syn), (true, Talk.SynAck), (false, Talk.SynAck), (true, Talk.Ack), (false, Talk.Ack)],
        [(true, Talk.Syn), (false, Talk.Reset)],
        [(true, Talk.Datagram), (false, Talk.Datagram)],
        [(true, Talk.Datagram), (false, Talk.Datagram), (true, Talk.Datagram), (false, Talk.Datagram)],
        [(true, Talk.Datagram), (false, Talk.Error)],
        [(true, Talk.Data), (false, Talk.RouterError)],
        [(false, Talk.Datagram), (true, Talk.Error)],
        [(true, Talk.FirstFragment), (true, Talk.LaterFragment)],
        [(true, Talk.FirstFragment), (true, Talk.NextFragment), (true, Talk.LastFragment), (false, Talk.Datagram)],
        [(true, Talk.Datagram), (false, Talk.FirstFragment), (false, Talk.LastFragment), (false, Talk.FirstFragment), (false, Talk.NextFragment)],
        [(true, Talk.FirstFragment), (true, Talk.NextFragment), (true, Talk.LaterFragment), (true, Talk.FirstFragment), (true, Talk.LastFragment)],
        [(true, Talk.LaterFragment), (true, Talk.LaterFragment), (true, Talk.FirstFragment), (true, Talk.LaterFragment), (true, Talk.Repeat)],
        [(true, Talk.FirstFragment), (true, Talk.LaterFragment), (true, Talk.LaterFragment), (true, Talk.LaterFragment)],
        [(true, Talk.Datagram), .. Enumerable.Repeat((false, Talk.Error), 14)],
    ];

    public static ImmutableArray<Step> Random(Dice dice)
    {
        ImmutableArray<Step>.Builder steps = ImmutableArray.CreateBuilder<Step>();
        int pieces = 4 + dice.Below(16);
        for (int i = 0; i < pieces; i++)
        {
            steps.AddRange(dice.Weighted<Func<Dice, IEnumerable<Step>>>((64, Script), (10, Noise), (8, Strays), (8, Wait), (10, Edit))(dice));
        }

        return steps.ToImmutable();
    }

    private static IEnumerable<Step> Script(Dice dice)
    {
        int conversation = dice.Below(Conversations);
        bool swap = dice.Chance(5);
        (bool, Talk)[] beginning = dice.Chance(45) ? s_handshake : [];
        foreach ((bool fromInitiator, Talk talk) in beginning.Concat(dice.PickFrom(s_scripts)))
        {
            yield return new Step.Say(conversation, fromInitiator ^ swap, talk, FlawOf(dice), dice.Seed());
            if (dice.Chance(6))
            {
                yield return new Step.Wait(dice.PickFrom(s_waits));
            }
        }
    }

    private static IEnumerable<Step> Noise(Dice dice)
    {
        int packets = 1 + dice.Below(5);
        int conversation = dice.Below(Conversations);
        for (int i = 0; i < packets; i++)
        {
            yield return new Step.Say(conversation, dice.Chance(50), (Talk)dice.Below(18), FlawOf(dice), dice.Seed());
        }
    }

    private static IEnumerable<Step> Strays(Dice dice)
    {
        int packets = 1 + dice.Below(3);
        for (int i = 0; i < packets; i++)
        {
            yield return new Step.Meet(
                dice.Chance(60) ? "n0" : dice.PickFrom(Universe.NicIds), dice.Pick(Direction.Ingress, Direction.Egress), (Stray)dice.Below(10), FlawOf(dice), dice.Seed());
        }
    }

    private static IEnumerable<Step> Wait(Dice dice) => [new Step.Wait(dice.Chance(95) ? dice.PickFrom(s_waits) : -dice.Below(20_000))];

    private static IEnumerable<Step> Edit(Dice dice) => [new Step.Edit((Change)dice.Below(13), dice.Seed())];

    private static Flaw FlawOf(Dice dice) => dice.Chance(92) ? Flaw.None : (Flaw)dice.Below(15);
}
