namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>How the library is asked.</summary>
internal enum Asking
{
    OneByOne,
    Bursts,
    CallerTimestamps,
}
