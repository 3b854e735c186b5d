namespace SecurityGroups.Tracking;

/// <summary>What the fragment table asks about rules without seeing them; a struct over one ruleset and one NIC, as <see cref="IConnectionPolicy"/>.</summary>
internal interface IFragmentPolicy
{
    /// <summary>Whether the rules in hand uphold the verdict that allowed a first fragment; it is stamped with their generation then.</summary>
    bool TryUphold(ref FragmentVerdict verdict, in FragmentKey key);
}
