using System.Buffers.Binary;
using SecurityGroups.Cli.Captures;

namespace SecurityGroups.Cli.Replay;

/// <summary>
/// Shows packets of every link type as Ethernet frames, so that one firewall judges a capture that mixes them. Ethernet is shown as it is. Raw
/// IP and Linux cooked packets are copied behind an Ethernet header whose hardware addresses are made up; <see cref="SetSourceMac"/> makes
/// the source that of the NIC they are judged at, since there is nothing to check. Of cooked packets only IPv4 and IPv6 are shown: their ARP
/// lacks the frame's addresses, and ARP is about nothing else.
/// </summary>
/// <param name="captureName">Names the capture in errors.</param>
internal sealed class FrameView(string captureName)
{
    private const int EthernetHeaderOctets = 14;
    private const int SourceMacOffset = 6;
    private const int EtherTypeOffset = 12;
    private const int MacOctets = 6;
    private const ushort IPv4Type = 0x0800;
    private const ushort IPv6Type = 0x86DD;
    private const ushort CustomerTag = 0x8100;
    private const ushort ServiceTag = 0x88A8;
    private const int CookedHeaderOctets = 16;
    private const int CookedTypeOffset = 14;
    private const int Cooked2HeaderOctets = 20;
    private const int VlanTagOctets = 4;

    private byte[] _scratch = new byte[4096];

    /// <summary>Shows a packet.</summary>
    /// <exception cref="CaptureException">Its link type is not one the tool reads.</exception>
    public LinkReading Show(in CapturedPacket packet, out Frame frame)
    {
        ReadOnlySpan<byte> data = packet.Data.Span;
        switch (packet.LinkType)
        {
            case LinkTypes.Ethernet:
                frame = new Frame(data, packet.OriginalLength, hasMacs: true);
                return LinkReading.Frame;
            case LinkTypes.Raw or LinkTypes.RawBsd or LinkTypes.RawOpenBsd:
                return Wrap(packet, data.Length > 0 && data[0] >> 4 == 6 ? IPv6Type : IPv4Type, 0, out frame);
            case LinkTypes.IPv4:
                return Wrap(packet, IPv4Type, 0, out frame);
            case LinkTypes.IPv6:
                return Wrap(packet, IPv6Type, 0, out frame);
            case LinkTypes.LinuxCooked:
                return ShowCooked(packet, CookedTypeOffset, CookedHeaderOctets, out frame);
            case LinkTypes.LinuxCooked2:
                return ShowCooked(packet, 0, Cooked2HeaderOctets, out frame);
            default:
                throw new CaptureException(
                    $"{captureName}: packet {packet.Number} has link type {packet.LinkType}, which is not read; those that are: {LinkTypes.Supported}.");
        }
    }

    /// <summary>Makes up the source address of the frame last shown; only for one without addresses of its own.</summary>
    public void SetSourceMac(ulong mac)
    {
        Span<byte> octets = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(octets, mac);
        octets[(sizeof(ulong) - MacOctets)..].CopyTo(_scratch.AsSpan(SourceMacOffset));
    }

    private static bool CarriesIp(ReadOnlySpan<byte> data, int typeOffset, int headerOctets)
    {
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(data[typeOffset..]);
        ReadOnlySpan<byte> rest = data[headerOctets..];
        while (type is CustomerTag or ServiceTag && rest.Length >= VlanTagOctets)
        {
            type = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = rest[VlanTagOctets..];
        }

        return type is IPv4Type or IPv6Type;
    }

    private LinkReading ShowCooked(in CapturedPacket packet, int typeOffset, int headerOctets, out Frame frame)
    {
        ReadOnlySpan<byte> data = packet.Data.Span;
        frame = default;
        if (data.Length < headerOctets)
        {
            return packet.OriginalLength > data.Length ? LinkReading.Cut : LinkReading.NotIp;
        }

        return CarriesIp(data, typeOffset, headerOctets)
            ? Wrap(packet, BinaryPrimitives.ReadUInt16BigEndian(data[typeOffset..]), headerOctets, out frame)
            : LinkReading.NotIp;
    }

    private LinkReading Wrap(in CapturedPacket packet, ushort etherType, int skippedOctets, out Frame frame)
    {
        ReadOnlySpan<byte> payload = packet.Data.Span[skippedOctets..];
        int length = EthernetHeaderOctets + payload.Length;
        if (_scratch.Length < length)
        {
            _scratch = new byte[length];
        }

        Span<byte> octets = _scratch.AsSpan(0, length);
        octets[..EtherTypeOffset].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(octets[EtherTypeOffset..], etherType);
        payload.CopyTo(octets[EthernetHeaderOctets..]);
        frame = new Frame(octets, AddSaturating(packet.OriginalLength - skippedOctets, EthernetHeaderOctets), hasMacs: false);
        return LinkReading.Frame;
    }

    private static int AddSaturating(int length, int octets) => length > int.MaxValue - octets ? int.MaxValue : length + octets;
}
