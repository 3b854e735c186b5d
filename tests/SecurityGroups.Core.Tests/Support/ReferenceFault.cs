namespace SecurityGroups.Tests.Support;

/// <summary>How the reference reader leaves a packet whose form is bad. Slow, and that is all right: clarity first.</summary>
internal sealed class ReferenceFault(Reason reason) : Exception(reason.ToString())
{
    public Reason Reason { get; } = reason;

    public static void When(bool bad, Reason reason)
    {
        if (bad)
        {
            throw new ReferenceFault(reason);
        }
    }
}
