namespace SecurityGroups.Tracking;

/// <summary>How far an insert that does not take place has come.</summary>
internal sealed class Foresight
{
    /// <summary>Entries whose connections would be gone.</summary>
    public HashSet<uint> Leaving { get; } = [];

    /// <summary>How far the clock hand would have moved.</summary>
    public uint HandSteps { get; set; }

    /// <summary>Whether the table would have been swept.</summary>
    public bool IsSwept { get; set; }

    /// <summary>Notes that this one would go, if there is one.</summary>
    public Victim Leave(Victim victim)
    {
        if (!victim.IsNone)
        {
            Leaving.Add(victim.Index);
        }

        return victim;
    }
}
