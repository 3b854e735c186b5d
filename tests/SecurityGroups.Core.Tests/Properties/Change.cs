namespace SecurityGroups.Tests.Properties;

/// <summary>What a scenario may change in its policy between two packets.</summary>
internal enum Change
{
    AddRule,
    RemoveRule,
    RemoveAllRules,
    Attach,
    Detach,
    Address,
    Allowed,
    NicOptions,
    AddressChecks,
    AnotherNic,
    RemoveNic,
    AddressGroup,
    BackToFirst,
}
