namespace SecurityGroups.Cli.Captures;

/// <summary>One packet of a capture.</summary>
/// <param name="Number">Its place in the capture, from 1.</param>
/// <param name="Nanoseconds">When it was seen, since 1970-01-01 UTC.</param>
/// <param name="LinkType">What its octets begin with: a LINKTYPE number of tcpdump.org.</param>
/// <param name="OriginalLength">Octets it had on the link; never less than the octets captured.</param>
/// <param name="Data">The octets captured; valid until the next packet is read.</param>
internal readonly record struct CapturedPacket(long Number, long Nanoseconds, int LinkType, int OriginalLength, ReadOnlyMemory<byte> Data);
