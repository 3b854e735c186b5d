namespace SecurityGroups.Tests.Support;

/// <summary>A piece of a datagram as a sender makes it.</summary>
internal sealed record FragmentOfDatagram(uint Identification, byte Protocol, int Offset, bool HasMore, byte[] Octets)
{
    /// <summary>Whether it is the whole datagram.</summary>
    public bool IsWhole => Offset == 0 && !HasMore;
}
