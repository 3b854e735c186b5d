namespace SecurityGroups.Cli;

/// <summary>Policy files. What is wrong with one goes to standard error, each thing on a line with file and path.</summary>
internal static class PolicyFile
{
    private const int NicsNamed = 10;

    /// <summary>Reads a policy; null when it has errors, which are then written.</summary>
    public static Policy? Load(string path, TextWriter error) => Load(path, error, out _);

    /// <summary>As <see cref="Load(string, TextWriter)"/>; also gives the warnings.</summary>
    public static Policy? Load(string path, TextWriter error, out PolicyReport report)
    {
        report = new PolicyReport([], []);
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{path}: cannot be read: {unreadable.Message}");
            return null;
        }

        if (PolicyJson.TryRead(json, out Policy? policy, out report))
        {
            return policy;
        }

        WriteErrors(path, report.Errors, error);
        return null;
    }

    /// <summary>Writes every error of a policy, a line each.</summary>
    public static void WriteErrors(string path, IEnumerable<PolicyError> errors, TextWriter error)
    {
        foreach (PolicyError item in errors)
        {
            error.WriteLine($"{path}: {item}");
        }
    }

    /// <summary>The sentence for a NIC that the command line names and the policy lacks.</summary>
    public static string MissingNic(string path, Policy policy, string id)
    {
        string known = string.Join(", ", policy.Nics.Keys.Take(NicsNamed));
        string more = policy.Nics.Count > NicsNamed ? ", ..." : "";
        return $"{path}: there is no NIC '{id}'; {(known.Length > 0 ? $"there are {known}{more}" : "the policy has none")}.";
    }

    /// <summary>The policy with the NICs' own link types taken out: the tool knows what its packets begin with.</summary>
    public static Policy WithoutLinkTypes(Policy policy)
    {
        foreach (Nic nic in policy.Nics.Values)
        {
            if (nic.Options is { LinkType: not null } options)
            {
                policy = policy.WithNic(nic with { Options = options with { LinkType = null } });
            }
        }

        return policy;
    }
}
