namespace SecurityGroups.Tests.Properties;

/// <summary>How a scenario's packets reach the real firewall.</summary>
internal enum RunMode
{
    /// <summary>One call a packet.</summary>
    Single,

    /// <summary>Random bursts, through either overload.</summary>
    Bursts,

    /// <summary>Each packet explained first: the explanation must foretell the decision and leave no trace.</summary>
    Explained,

    /// <summary>One call a packet, and every now and then the connections are saved and restored into another firewall, which goes on.</summary>
    Restarted,
}
