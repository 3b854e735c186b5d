using System.Collections.Immutable;
using System.Net;

namespace SecurityGroups.Tests.Support;

// IPv4 with options and fragments, IPv6 with its extension header chain.
internal sealed partial record PacketBuilder
{
    public const byte HopByHopHeader = 0;
    public const byte RoutingHeader = 43;
    public const byte FragmentHeader = 44;
    public const byte AuthenticationHeader = 51;
    public const byte DestinationOptionsHeader = 60;

    private static readonly byte[] s_routerAlertIPv4 = [148, 4, 0, 0];
    private static readonly byte[] s_routerAlertIPv6 = [5, 2, 0, 0];

    private IPAddress Source { get; init; } = IPAddress.None;

    private IPAddress Destination { get; init; } = IPAddress.None;

    private byte HopLimitField { get; init; } = 64;

    private byte[] OptionOctets { get; init; } = [];

    private ImmutableArray<(byte Protocol, byte[] Octets)> Extensions { get; init; } = [];

    private (int Offset, bool More, uint Identification)? FragmentField { get; init; }

    private int? VersionField { get; init; }

    private int? HeaderLengthField { get; init; }

    private int? TotalLengthField { get; init; }

    private byte? ProtocolField { get; init; }

    private ushort? HeaderChecksumField { get; init; }

    /// <summary>The same packet between other addresses.</summary>
    public PacketBuilder Between(string source, string destination) =>
        this with { Source = IPAddress.Parse(source), Destination = IPAddress.Parse(destination) };

    /// <summary>TTL or hop limit; 64 unless given.</summary>
    public PacketBuilder HopLimit(int hops) => this with { HopLimitField = (byte)hops };

    /// <summary>IPv4 options, padded to a multiple of four octets.</summary>
    public PacketBuilder IPv4Options(params byte[] options) => this with { OptionOctets = Pad(options, 4) };

    /// <summary>Router Alert: an IPv4 option (RFC 2113) or an IPv6 hop-by-hop option (RFC 2711).</summary>
    public PacketBuilder RouterAlert() => IsIPv4 ? IPv4Options(s_routerAlertIPv4) : HopByHop(s_routerAlertIPv6);

    /// <summary>
    /// A fragment whose data begins at an offset (a multiple of 8). IPv4: the transport header is written only at offset 0, behind it only
    /// its payload. IPv6: the same, with a fragment header at this place of the chain. Offset 0 without more is an atomic fragment.
    /// </summary>
    public PacketBuilder Fragment(int offset, bool more, uint identification = 1) =>
        (this with { FragmentField = (offset, more, identification) }).WithFragmentHeader(offset, more, identification);

    /// <summary>An extension header of eight or more octets, its next-header octet filled in by the builder; AH counts in other units.</summary>
    public PacketBuilder Extension(byte protocol, params byte[] octets) => this with { Extensions = Extensions.Add((protocol, octets)) };

    /// <summary>Hop-by-hop options; padded with PadN.</summary>
    public PacketBuilder HopByHop(params byte[] options) => Extension(HopByHopHeader, OptionsHeader(options));

    /// <summary>Destination options; padded with PadN.</summary>
    public PacketBuilder DestinationOptions(params byte[] options) => Extension(DestinationOptionsHeader, OptionsHeader(options));

    /// <summary>A routing header of 8 octets.</summary>
    public PacketBuilder Routing(byte type, byte segmentsLeft = 0) => Extension(RoutingHeader, 0, 0, type, segmentsLeft, 0, 0, 0, 0);

    /// <summary>An authentication header of 24 octets: its length field counts 4-octet units minus 2 (RFC 4302).</summary>
    public PacketBuilder Authentication() => Extension(AuthenticationHeader, [0, 4, .. new byte[22]]);

    /// <summary>Drops the extension headers added so far, IPv4 options and Router Alert included.</summary>
    public PacketBuilder WithoutExtensions() => this with { Extensions = [], OptionOctets = [] };

    /// <summary>Overrides the version nibble.</summary>
    public PacketBuilder Version(int version) => this with { VersionField = version };

    /// <summary>Overrides the IPv4 header length field, in 4-octet words.</summary>
    public PacketBuilder HeaderLength(int words) => this with { HeaderLengthField = words };

    /// <summary>Overrides the IPv4 total length or the IPv6 payload length.</summary>
    public PacketBuilder TotalLength(int octets) => this with { TotalLengthField = octets };

    /// <summary>Overrides the protocol field (IPv6: of the last header of the chain).</summary>
    public PacketBuilder ProtocolNumber(byte protocol) => this with { ProtocolField = protocol };

    /// <summary>Overrides the IPv4 header checksum.</summary>
    public PacketBuilder HeaderChecksum(ushort checksum) => this with { HeaderChecksumField = checksum };

    private PacketBuilder WithFragmentHeader(int offset, bool more, uint identification) => IsIPv4
        ? this
        : Extension(FragmentHeader, [0, 0, .. BigEndian((ushort)(offset | (more ? 1 : 0))), .. BigEndian(identification)]);

    private byte[] BuildIPv4()
    {
        byte[] transport = TransportOctets();
        (int offset, bool more, uint identification) = FragmentField ?? default;
        int words = 5 + (OptionOctets.Length / 4);
        byte[] header =
        [
            (byte)(((VersionField ?? 4) << 4) | (HeaderLengthField ?? words)), 0,
            .. BigEndian((ushort)(TotalLengthField ?? ((words * 4) + transport.Length))),
            .. BigEndian((ushort)identification),
            .. BigEndian((ushort)((offset / 8) | (more ? 0x2000 : 0))),
            HopLimitField, ProtocolField ?? TransportProtocol, 0, 0,
            .. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), .. OptionOctets,
        ];
        BigEndian(HeaderChecksumField ?? InternetChecksum(header)).CopyTo(header, 10);
        return [.. header, .. transport];
    }

    private byte[] BuildIPv6()
    {
        byte[] transport = TransportOctets();
        byte last = ProtocolField ?? TransportProtocol;
        byte[] chain = [.. Extensions.SelectMany((header, i) => (byte[])[NextHeader(i + 1, last), .. header.Octets[1..]])];
        return
        [
            (byte)((VersionField ?? 6) << 4), 0, 0, 0,
            .. BigEndian((ushort)(TotalLengthField ?? (chain.Length + transport.Length))),
            NextHeader(0, last), HopLimitField,
            .. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), .. chain, .. transport,
        ];
    }

    private byte NextHeader(int index, byte last) => index < Extensions.Length ? Extensions[index].Protocol : last;

    private static byte[] OptionsHeader(byte[] options)
    {
        int octets = (2 + options.Length + 7) / 8 * 8;
        int padding = octets - 2 - options.Length;
        byte[] pad = padding switch
        {
            0 => [],
            1 => [0],
            _ => [1, (byte)(padding - 2), .. new byte[padding - 2]],
        };
        return [0, (byte)((octets / 8) - 1), .. options, .. pad];
    }

    private static byte[] Pad(byte[] octets, int unit) => [.. octets, .. new byte[(unit - (octets.Length % unit)) % unit]];
}
