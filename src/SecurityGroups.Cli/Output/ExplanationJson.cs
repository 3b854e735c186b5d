using System.Text.Encodings.Web;
using System.Text.Json;
using SecurityGroups.Cli.Replay;

namespace SecurityGroups.Cli.Output;

/// <summary>An explanation as one JSON object.</summary>
internal static class ExplanationJson
{
    public static void Write(Explanation explanation, Stream output)
    {
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter json = new(output, options))
        {
            json.WriteStartObject();
            json.WriteString("nic"u8, explanation.NicId);
            json.WriteString("direction"u8, PacketNames.Of(explanation.Direction));
            json.WriteString("packet"u8, explanation.Packet);
            json.WriteString("verdict"u8, PacketNames.Of(explanation.Decision.Verdict));
            json.WriteString("reason"u8, ReasonNames.Of(explanation.Decision.Reason));
            json.WriteString("stage"u8, PacketNames.Of(explanation.Stage));
            WriteMatched(json, explanation);
            WriteNearMisses(json, explanation);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteMatched(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartArray("matchedRules"u8);
        foreach (RuleReference rule in explanation.MatchedRules)
        {
            json.WriteStartObject();
            WriteRule(json, rule);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNearMisses(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartArray("nearMisses"u8);
        foreach (NearMiss miss in explanation.NearMisses)
        {
            json.WriteStartObject();
            WriteRule(json, miss.Rule);
            json.WriteString("butFor"u8, PacketNames.Of(miss.ButFor));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRule(Utf8JsonWriter json, RuleReference rule)
    {
        json.WriteString("rule"u8, rule.Rule.Id);
        json.WriteString("group"u8, rule.SecurityGroup.Id);
        json.WriteString("allows"u8, RuleText.Of(rule.Rule));
    }
}
