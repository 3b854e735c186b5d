namespace SecurityGroups.Cli;

/// <summary>Policy files.</summary>
internal static class PolicyFile
{
    private const int NicsNamed = 10;

    /// <summary>Reads a policy; its errors go to standard error, each on a line with file and path. Null when there are any.</summary>
    public static Policy? Load(string path, TextWriter error)
    {
        try
        {
            return PolicyJson.Read(File.ReadAllBytes(path));
        }
        catch (PolicyException invalid)
        {
            WriteErrors(path, invalid, error);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{path}: cannot be read: {unreadable.Message}");
        }

        return null;
    }

    /// <summary>The sentence for a NIC that the command line names and the policy lacks.</summary>
    public static string MissingNic(string path, Policy policy, string id) =>
        policy.Nics.Count == 0
            ? $"{path}: there is no NIC '{id}'; the policy has none."
            : $"{path}: there is no NIC '{id}'; there are {string.Join(", ", policy.Nics.Keys.Take(NicsNamed))}{(policy.Nics.Count > NicsNamed ? ", ..." : "")}.";

    /// <summary>Writes every error of a policy, a line each.</summary>
    public static void WriteErrors(string path, PolicyException invalid, TextWriter error)
    {
        foreach (PolicyError item in invalid.Errors)
        {
            error.WriteLine($"{path}: {item.Path}: {item.Message} ({item.Code})");
        }
    }
}
