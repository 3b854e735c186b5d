namespace SecurityGroups.Cli.Replay;

/// <summary>A NIC that owns an address.</summary>
/// <param name="Nic">The NIC.</param>
/// <param name="PrefixLength">Length of the prefix by which it does.</param>
/// <param name="IsByDefault">Whether only because a NIC without hardware and link-local address owns all of fe80::/10.</param>
internal readonly record struct AddressOwner(JudgedNic Nic, int PrefixLength, bool IsByDefault);
