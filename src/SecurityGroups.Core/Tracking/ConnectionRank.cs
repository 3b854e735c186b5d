namespace SecurityGroups.Tracking;

/// <summary>What a connection is worth when there is no room: the lower ones go first.</summary>
/// <remarks>
/// <para>Each is worth what it cost to make. One packet with any source makes the first two, so both are capped; they are told apart because
/// a handshake has one chance and a datagram another. Closing connections have said all. Streams, and connections of which one end has closed
/// and the other may go on for as long as it likes (RFC 9293, 3.6), go only after they fell silent. An established connection took a round
/// trip from either end, which nobody can who forges his address: it never goes for a newcomer, or a flood could close it.</para>
/// <para>A tombstone keeps honest software from bringing a revoked connection back. While either end may still be sending it stays, or a
/// flood could undo a revocation; it goes, last of all, once both must have given up, so that a large revocation does not fill the table for
/// the idle time of established connections.</para>
/// </remarks>
internal enum ConnectionRank : byte
{
    /// <summary>Datagrams: one packet, or for UDP and ICMP an exchange. The answer is the instance's own in a flood of queries, so it proves nothing.</summary>
    Unreplied,

    /// <summary>TCP before the handshake is complete, or picked up and not answered.</summary>
    HalfOpen,

    /// <summary>TCP after both FINs or a reset, or closed before it was established.</summary>
    Closing,

    /// <summary>UDP streams, other answered connections without TCP, and half closed TCP.</summary>
    Stream,

    /// <summary>Revoked.</summary>
    Tombstone,
    Established,
}
