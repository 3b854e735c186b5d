namespace SecurityGroups.Cli.Replay;

/// <summary>What <see cref="FrameView"/> made of a captured packet.</summary>
internal enum LinkReading : byte
{
    /// <summary>An Ethernet frame that a firewall can judge.</summary>
    Frame,

    /// <summary>A cooked packet that carries neither IPv4 nor IPv6.</summary>
    NotIp,

    /// <summary>The capture cut the packet before the link header ends.</summary>
    Cut,
}
