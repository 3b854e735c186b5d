using SecurityGroups.Cli.Replay;

namespace SecurityGroups.Cli.Output;

/// <summary>An explanation for people.</summary>
internal static class ExplanationText
{
    public static void Write(Explanation explanation, TextWriter output)
    {
        Decision decision = explanation.Decision;
        output.WriteLine($"{explanation.Packet}, {PacketNames.Of(explanation.Direction)} at {explanation.NicId}");
        output.WriteLine($"{PacketNames.Of(decision.Verdict)}: {ReasonNames.Of(decision.Reason)} (decided by {StageText(explanation.Stage)})");
        output.WriteLine(explanation.MatchedRules.IsEmpty ? "matching rules: none" : "matching rules:");
        foreach (RuleReference rule in explanation.MatchedRules)
        {
            output.WriteLine($"  {rule}: {RuleText.Of(rule.Rule)}");
        }

        output.WriteLine(explanation.NearMisses.IsEmpty ? "near misses: none" : "near misses:");
        foreach (NearMiss miss in explanation.NearMisses)
        {
            output.WriteLine($"  {miss.Rule}: {RuleText.Of(miss.Rule.Rule)}; matches but for the {PacketNames.Of(miss.ButFor)}");
        }
    }

    private static string StageText(Stage stage) => stage switch
    {
        Stage.Nic => "the NIC's state",
        Stage.Form => "the packet's form",
        Stage.Place => "its addresses",
        Stage.Infrastructure => "the infrastructure allowances",
        Stage.Connection => "the tracked connection",
        Stage.Opening => "what cannot open a connection",
        Stage.Rules => "the rules",
        _ => "the room for connections",
    };
}
