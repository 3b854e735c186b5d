using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace SecurityGroups;

/// <summary>
/// Reads and writes policies as JSON with the names of the STACKIT API, so that its answers can be pasted in. Reading is strict (an unknown or
/// repeated member is an error) and reports every error of the document at once. Writing then reading gives an equal policy.
/// </summary>
public static class PolicyJson
{
    private const int StreamBlockOctets = 81_920;
    private static readonly byte[] s_byteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a policy from JSON text.</summary>
    /// <exception cref="PolicyException">The document or the policy is invalid; carries every error.</exception>
    public static Policy Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Reads a policy from UTF-8 JSON, with or without a byte order mark.</summary>
    /// <exception cref="PolicyException">The document or the policy is invalid; carries every error.</exception>
    public static Policy Read(ReadOnlyMemory<byte> utf8Json) => Read(utf8Json, PolicyLimits.Default);

    /// <summary>Reads a policy from UTF-8 JSON within limits.</summary>
    /// <exception cref="PolicyException">The document or the policy is invalid, or beyond a limit; carries every error.</exception>
    public static Policy Read(ReadOnlyMemory<byte> utf8Json, PolicyLimits limits) =>
        TryRead(utf8Json, limits, out Policy? policy, out PolicyReport report) ? policy : throw new PolicyException(report.Errors);

    /// <summary>Reads a policy from a stream of UTF-8 JSON, to its end; the stream stays open.</summary>
    /// <exception cref="PolicyException">The document or the policy is invalid, or beyond a limit; carries every error.</exception>
    public static Policy Read(Stream utf8Json, PolicyLimits limits)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        ArgumentNullException.ThrowIfNull(limits);
        using MemoryStream document = new();
        byte[] block = new byte[StreamBlockOctets];
        for (int read; document.Length <= limits.MaxJsonOctets && (read = utf8Json.Read(block)) > 0;)
        {
            document.Write(block, 0, read);
        }

        return Read(document.GetBuffer().AsMemory(0, (int)document.Length), limits);
    }

    /// <summary>Reads a policy from a stream of UTF-8 JSON, to its end; the stream stays open.</summary>
    /// <exception cref="PolicyException">The document or the policy is invalid, or beyond a limit; carries every error.</exception>
    public static async Task<Policy> ReadAsync(Stream utf8Json, PolicyLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        ArgumentNullException.ThrowIfNull(limits);
        using MemoryStream document = new();
        byte[] block = new byte[StreamBlockOctets];
        for (int read; document.Length <= limits.MaxJsonOctets && (read = await utf8Json.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            document.Write(block, 0, read);
        }

        return Read(document.GetBuffer().AsMemory(0, (int)document.Length), limits);
    }

    /// <summary>Reads a policy from UTF-8 JSON without exceptions; the report has every error and warning with its place in the document.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out Policy? policy, out PolicyReport report) =>
        TryRead(utf8Json, PolicyLimits.Default, out policy, out report);

    /// <summary>As <see cref="TryRead(ReadOnlyMemory{byte}, out Policy?, out PolicyReport)"/>, within limits.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8Json, PolicyLimits limits, [NotNullWhen(true)] out Policy? policy, out PolicyReport report)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ProblemList problems = new();
        PolicySource source = ReadSource(utf8Json, limits, problems);
        PolicyValidator.Check(source, limits, problems);
        report = problems.ToReport();
        policy = report.IsValid ? Policy.FromValid(source) : null;
        return policy is not null;
    }

    /// <summary>A policy as indented JSON text.</summary>
    public static string Write(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return JsonSerializer.Serialize(PolicyDocument.From(policy), PolicyJsonContext.Default.PolicyDocument);
    }

    /// <summary>Writes a policy as indented UTF-8 JSON; the stream stays open.</summary>
    public static void Write(Policy policy, Stream utf8Json)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(utf8Json);
        JsonSerializer.Serialize(utf8Json, PolicyDocument.From(policy), PolicyJsonContext.Default.PolicyDocument);
    }

    private static PolicySource ReadSource(ReadOnlyMemory<byte> utf8Json, PolicyLimits limits, ProblemList problems)
    {
        if (utf8Json.Length > limits.MaxJsonOctets)
        {
            problems.Error("$", "json.size", $"The document has more than {limits.MaxJsonOctets} octets: split it, or raise the limit.");
            return new PolicySource();
        }

        if (utf8Json.Span.StartsWith(s_byteOrderMark))
        {
            utf8Json = utf8Json[s_byteOrderMark.Length..];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = limits.MaxJsonDepth });
            return new PolicyReader(problems).Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            problems.Error("$", "json.syntax", SyntaxError(exception));
            return new PolicySource();
        }
    }

    private static string SyntaxError(JsonException exception)
    {
        // The message of System.Text.Json ends in its own, zero-based place.
        string message = exception.Message.Split(" LineNumber:")[0];
        return $"This is not JSON at line {exception.LineNumber + 1}, octet {exception.BytePositionInLine + 1}: {message}";
    }
}
