namespace SecurityGroups.Compile;

/// <summary>Where NICs that join a policy, or must forget their connections, get their identity from.</summary>
internal interface INicIdentities
{
    /// <summary>The identity of a NIC that joins the policy in a slot.</summary>
    object NewIncarnation(string nicId, int slot);

    /// <summary>A tracking zone for a NIC, never used before.</summary>
    uint NewZone(string nicId);
}
