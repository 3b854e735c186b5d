namespace SecurityGroups;

/// <summary>Which way a packet travels, seen from the instance behind the NIC.</summary>
public enum Direction : byte
{
    /// <summary>Towards the instance.</summary>
    Ingress = 0,

    /// <summary>Away from the instance.</summary>
    Egress = 1,
}
