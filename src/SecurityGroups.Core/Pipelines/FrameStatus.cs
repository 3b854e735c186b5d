namespace SecurityGroups.Pipelines;

/// <summary>What stands at the head of a packet stream.</summary>
internal enum FrameStatus : byte
{
    /// <summary>Not yet a whole packet.</summary>
    Incomplete = 0,

    /// <summary>A whole packet.</summary>
    Complete,

    /// <summary>A length beyond <see cref="Frame.MaxPacketLength"/>.</summary>
    TooLong,

    /// <summary>Raw IP: a version that is neither 4 nor 6.</summary>
    NotIp,

    /// <summary>Raw IP: a total length shorter than an IPv4 header.</summary>
    TooShort,

    /// <summary>Raw IP: an IPv6 jumbogram (RFC 2675), whose end its header does not tell.</summary>
    Jumbogram,
}
