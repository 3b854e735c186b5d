namespace SecurityGroups;

/// <summary>Where on its way a packet was decided, in the order of the way.</summary>
public enum Stage : byte
{
    /// <summary>The NIC is gone, the firewall disposed, or security is off.</summary>
    Nic = 0,

    /// <summary>The bytes themselves: lengths, flags, headers, fragments, martians.</summary>
    Form,

    /// <summary>Spoofed source, foreign destination, or a ban.</summary>
    Place,

    /// <summary>Infrastructure traffic that needs no rule.</summary>
    Infrastructure,

    /// <summary>A tracked connection, or the ICMP error about one.</summary>
    Connection,

    /// <summary>No connection, and the packet cannot open one.</summary>
    Opening,

    /// <summary>The rules.</summary>
    Rules,

    /// <summary>The rules allow, but there is no room for another connection.</summary>
    Room,
}
