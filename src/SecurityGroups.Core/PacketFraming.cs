namespace SecurityGroups;

/// <summary>How packets follow each other in a byte stream.</summary>
public enum PacketFraming : byte
{
    /// <summary>A 4-octet big-endian length before each packet, as QEMU's stream network backend sends.</summary>
    LengthPrefixed = 1,

    /// <summary>IPv4 and IPv6 packets back to back, told apart by their own length fields; needs <see cref="LinkType.RawIp"/>.</summary>
    RawIp = 2,
}
