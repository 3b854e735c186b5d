namespace SecurityGroups;

/// <summary>What becomes of tracked connections when the policy changes.</summary>
public enum EstablishedConnections : byte
{
    /// <summary>Checked again at their next packet, in their original direction; no longer allowed = denied from then on.</summary>
    Revalidate = 0,

    /// <summary>Kept until they expire; only new connections see the new rules.</summary>
    KeepUntilIdle = 1,
}
