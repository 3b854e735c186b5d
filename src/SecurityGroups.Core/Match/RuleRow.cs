namespace SecurityGroups.Match;

/// <summary>Services (both ends included) that a rule of a form allows; rules count from 0 by group id and position.</summary>
internal readonly record struct RuleRow(int Low, int High, int Rule);
