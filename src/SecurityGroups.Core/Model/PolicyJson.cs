namespace SecurityGroups;

/// <summary>Reads and writes policies as JSON with the names of the STACKIT API.</summary>
public static class PolicyJson
{
    /// <summary>Reads a policy from UTF-8 JSON.</summary>
    /// <exception cref="PolicyException">The document or the policy is invalid; carries every error.</exception>
    public static Policy Read(ReadOnlyMemory<byte> utf8Json) => throw new PolicyException([new PolicyError("$", "json", utf8Json.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
}
