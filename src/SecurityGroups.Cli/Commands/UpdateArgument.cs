using System.CommandLine.Parsing;
using System.Globalization;

namespace SecurityGroups.Cli.Commands;

/// <summary>The value of <c>--update</c>: N=FILE.</summary>
internal sealed record UpdateArgument(long PacketNumber, string FileName)
{
    /// <summary>Parses every value of the option.</summary>
    public static UpdateArgument[] ParseAll(ArgumentResult result)
    {
        List<UpdateArgument> updates = [];
        foreach (Token token in result.Tokens)
        {
            if (TryParse(token.Value) is { } update)
            {
                updates.Add(update);
            }
            else
            {
                result.AddError($"'{token.Value}' is no value of --update; write N=FILE, N being the number of a packet from 1.");
            }
        }

        return [.. updates];
    }

    private static UpdateArgument? TryParse(string text)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        return sign > 0 && sign < text.Length - 1
            && long.TryParse(text.AsSpan(0, sign), NumberStyles.None, CultureInfo.InvariantCulture, out long packetNumber) && packetNumber > 0
            ? new UpdateArgument(packetNumber, text[(sign + 1)..])
            : null;
    }
}
