using System.Runtime.InteropServices;

namespace SecurityGroups.Packets;

/// <summary>
/// The form of neighbor discovery, ICMPv6 133 to 137 (RFC 4861 6.1, 7.1, 8.1; RFC 6980): hop limit 255 proves that no router
/// forwarded the message, and only a plain packet may carry one.
/// </summary>
internal static class NeighborDiscovery
{
    private const int TargetOffset = 8;
    private const int OptionUnitOctets = 8;

    public static bool IsOne(byte type) => type is >= IcmpV6Types.RouterSolicitation and <= IcmpV6Types.Redirect;

    /// <param name="octets">The message from its ICMPv6 header on, at least that header.</param>
    /// <param name="packet">Read up to type and code; gets the neighbor target.</param>
    public static Reason Check(ReadOnlySpan<byte> octets, ref ParsedPacket packet)
    {
        int minimumOctets = MinimumOctetsOf(packet.IcmpType);
        bool isPlain = packet.HopLimit == 255 && packet.IcmpCode == 0 && !packet.Has(PacketTraits.Fragment | PacketTraits.ExtensionHeaders);
        if (!isPlain || packet.TransportOctets < minimumOctets || !IsSourceAllowed(packet))
        {
            return Reason.BadNeighborDiscovery;
        }

        if (octets.Length < packet.TransportOctets)
        {
            return FormError.TooShort(packet.TransportOctets, packet.TransportOctets, ref packet);
        }

        if (packet.IcmpType is IcmpV6Types.NeighborSolicitation or IcmpV6Types.NeighborAdvertisement)
        {
            packet.NeighborTarget = MemoryMarshal.AsRef<UInt128BigEndian>(octets[TargetOffset..]);
        }

        return IsMulticast(packet.NeighborTarget) || !AreOptionsWhole(octets[minimumOctets..]) ? Reason.BadNeighborDiscovery : Reason.NotEvaluated;
    }

    private static int MinimumOctetsOf(byte type) => type switch
    {
        IcmpV6Types.RouterSolicitation => 8,
        IcmpV6Types.RouterAdvertisement => 16,
        IcmpV6Types.Redirect => 40,
        _ => 24,
    };

    // What routers say must come from the link itself.
    private static bool IsSourceAllowed(in ParsedPacket packet) =>
        packet.IcmpType is not (IcmpV6Types.RouterAdvertisement or IcmpV6Types.Redirect) || packet.Source >> 118 == 0xFE80 >> 6;

    private static bool IsMulticast(UInt128 address) => address >> 120 == 0xFF;

    private static bool AreOptionsWhole(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0)
        {
            int octets = options.Length < 2 ? 0 : options[1] * OptionUnitOctets;
            if (octets == 0 || octets > options.Length)
            {
                return false;
            }

            options = options[octets..];
        }

        return true;
    }
}
