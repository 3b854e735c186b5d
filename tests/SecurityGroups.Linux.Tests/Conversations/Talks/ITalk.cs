namespace SecurityGroups.Linux.Tests.Conversations.Talks;

/// <summary>A conversation of two programs over their kernels' sockets.</summary>
internal interface ITalk
{
    /// <summary>Holds it to its end, and throws when something did not arrive as it was sent.</summary>
    Task HoldAsync(Host initiator, Host responder, int seed, CancellationToken cancellation);
}
