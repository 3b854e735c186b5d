using System.Runtime.InteropServices;
using SecurityGroups.Packets;
using SecurityGroups.Saving;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Saving;

/// <summary>Nothing that the tracker knows of a connection is left behind, and nothing that it could not know is taken.</summary>
public class ConnectionRecordTests
{
    private const ulong TimeMask = (1UL << 38) - 1;
    private const int Nics = 5;
    private const int Idle = 1234;

    public static TheoryData<byte, byte> Kinds => new()
    {
        { (byte)ConnectionClass.Established, ProtocolNumbers.Tcp },
        { (byte)ConnectionClass.UdpStream, ProtocolNumbers.Udp },
        { (byte)ConnectionClass.UdpUnreplied, ProtocolNumbers.UdpLite },
        { (byte)ConnectionClass.IcmpQuery, ProtocolNumbers.Icmp },
        { (byte)ConnectionClass.SctpOrDccp, ProtocolNumbers.Dccp },
        { (byte)ConnectionClass.Other, 47 },
    };

    /// <summary>A bit of the state word that is not carried over, of a member added later for instance, fails here.</summary>
    [Fact]
    public void StateWord_EveryBit_IsCarried()
    {
        ulong all = 0;
        foreach (int bit in Enumerable.Range(38, 64 - 38).Where(bit => (1UL << bit) is not (ConnectionState.LiveBit or ConnectionState.LockBit)))
        {
            ConnectionState before = new((StateOf(ConnectionClass.Established).Bits ^ (1UL << bit)) & ~TimeMask);
            if (before.Class is > ConnectionClass.None and <= ConnectionClass.SynReceived2 && !(before.IsAssured && !before.IsReplied))
            {
                Assert.Equal(before.Bits, RoundTrip(ImageOf(ProtocolNumbers.Tcp, before)).State.Bits & ~TimeMask);
                all |= 1UL << bit;
            }
        }

        // Class bits one by one make other protocols' classes: those have a test of their own.
        Assert.Equal(~(TimeMask | ConnectionState.LiveBit | ConnectionState.LockBit), all | (15UL << 40));
    }

    [Fact]
    public void Class_EveryOne_IsCarried()
    {
        foreach (ConnectionClass kind in Enum.GetValues<ConnectionClass>().Where(kind => kind != ConnectionClass.None))
        {
            byte protocol = kind switch
            {
                ConnectionClass.UdpStream or ConnectionClass.UdpUnreplied => ProtocolNumbers.Udp,
                ConnectionClass.IcmpQuery => ProtocolNumbers.Icmp,
                ConnectionClass.SctpOrDccp => ProtocolNumbers.Sctp,
                ConnectionClass.Other => 47,
                _ => ProtocolNumbers.Tcp,
            };
            Assert.Equal(kind, RoundTrip(ImageOf(protocol, StateOf(kind, protocol == ProtocolNumbers.Tcp))).State.Class);
        }
    }

    /// <summary>All 64 octets of a TCP entry but stamp and time come back from a table, through a stream, into another table.</summary>
    [Fact]
    public void TcpEntry_EveryBit_IsCarried()
    {
        for (int bit = 0; bit < 2 * 16 * 8; bit++)
        {
            ConnectionImage image = ImageOf(ProtocolNumbers.Tcp, StateOf(ConnectionClass.Established));
            Span<byte> sides = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref image.Initiator, 1));
            sides = bit < 128 ? sides : MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref image.Responder, 1));
            sides[bit % 128 / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(Octets(Restored(image)), Octets(Restored(RoundTrip(image))));
        }
    }

    [Fact]
    public void Hint_OfASynThatWasLetPass_IsCarried()
    {
        ConnectionState state = StateOf(ConnectionClass.Established);
        state.HasHint = true;
        ConnectionImage image = ImageOf(ProtocolNumbers.Tcp, state);
        image.Hint = new TcpHint(0x003F_FFFF_1234_5678);
        Assert.Equal(image.Hint.Bits, RoundTrip(image).Hint.Bits);
        AssertRefused(image, 64, "0000000000004000", "hint");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Entry_OfEveryProtocol_ComesBack(byte kind, byte protocol)
    {
        // ICMP is a query in its own family only.
        for (int family = 0; family < (protocol == ProtocolNumbers.Icmp ? 1 : 2); family++)
        {
            ConnectionImage image = ImageOf(protocol, StateOf((ConnectionClass)kind, protocol == ProtocolNumbers.Tcp), isIPv6: family == 1);
            Assert.Equal(Octets(Restored(image)), Octets(Restored(RoundTrip(image))));
            Assert.Equal(Octets(image), Octets(RoundTrip(image)));
        }
    }

    [Theory]
    [InlineData(0, "05", "ethertype 4 or 6")]
    [InlineData(1, "11", "class")]
    [InlineData(2, "00", "class")]
    [InlineData(2, "10", "class")]
    [InlineData(2, "0B", "class")]
    [InlineData(4, "00000200", "flags")]
    [InlineData(4, "08000000", "reply")]
    [InlineData(8, "05000000", "NIC")]
    [InlineData(12, "00000001", "VLAN")]
    [InlineData(12, "00100000", "VLAN")]
    [InlineData(24, "0000", "port")]
    [InlineData(28, "01279A7B", "24 days")]
    [InlineData(44, "00000000", "window")]
    [InlineData(44, "00000040", "window")]
    [InlineData(60, "00000040", "window")]
    public void TcpRecord_Impossible_IsRefusedAtItsPlace(int place, string octets, string expected) =>
        AssertRefused(ImageOf(ProtocolNumbers.Tcp, StateOf(ConnectionClass.Established)), place, octets, expected);

    [Theory]
    [InlineData(2, "03", "class")]
    [InlineData(3, "77", "scales")]
    [InlineData(4, "11000000", "flags")]
    [InlineData(4, "01000000", "stream")]
    [InlineData(24, "0000", "port")]
    [InlineData(32, "0000000000000000", "age")]
    [InlineData(32, "FFFFFFFFFFFFFF7F", "age")]
    public void UdpRecord_Impossible_IsRefusedAtItsPlace(int place, string octets, string expected) =>
        AssertRefused(ImageOf(ProtocolNumbers.Udp, StateOf(ConnectionClass.UdpStream, isTcp: false)), place, octets, expected);

    [Theory]
    [InlineData(47, 24, "0100", "port")]
    [InlineData(47, 26, "0100", "port")]
    [InlineData(ProtocolNumbers.Icmp, 26, "0000", "query")]
    [InlineData(ProtocolNumbers.Icmp, 26, "0003", "query")]
    public void PortsOfOthers_Impossible_AreRefused(byte protocol, int place, string octets, string expected) => AssertRefused(
        ImageOf(protocol, StateOf(protocol == 47 ? ConnectionClass.Other : ConnectionClass.IcmpQuery, isTcp: false)), place, octets, expected);

    [Fact]
    public void Traffic_IsCarriedWhereItWasCounted()
    {
        ConnectionState state = StateOf(ConnectionClass.Established);
        state.HasHint = true;
        ConnectionImage image = ImageOf(ProtocolNumbers.Tcp, state, isIPv6: true);
        Assert.Null(RoundTrip(image).Traffic);
        image.Traffic = new ConnectionTraffic(1, long.MaxValue / 2, 3, 4);
        Assert.Equal(image.Traffic, RoundTrip(image).Traffic);
        Assert.Equal(ConnectionRecord.MaxOctets, Write(image).Length);
        AssertRefused(image, ConnectionRecord.MaxOctets - 8, "0000000000000040", "2^62");
        AssertRefused(image, ConnectionRecord.MaxOctets - 32, "FFFFFFFFFFFFFFFF", "2^62");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(43)]
    [InlineData(44)]
    [InlineData(51)]
    [InlineData(60)]
    public void ExtensionHeader_AsProtocol_IsRefusedInIPv6Only(byte number)
    {
        AssertRefused(ImageOf(47, StateOf(ConnectionClass.Other, isTcp: false), isIPv6: true), 1, $"{number:X2}", "extension header");
        Assert.Equal(number, RoundTrip(ImageOf(number, StateOf(ConnectionClass.Other, isTcp: false))).Key.Protocol);
    }

    private static void AssertRefused(ConnectionImage image, int place, string octets, string expected)
    {
        byte[] record = Write(image);
        Read(record);
        Convert.FromHexString(octets).CopyTo(record, place);
        ConnectionStreamException refused = Assert.Throws<ConnectionStreamException>(() => Read(record));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);

        // The class is what does not fit the protocol.
        Assert.Equal(expected is "class" ? 2 : place, refused.Offset - 1000);
    }

    private static ConnectionImage RoundTrip(ConnectionImage image)
    {
        ConnectionImage read = Read(Write(image));
        read.Key = read.Key.InZone(image.Key.Zone);
        return read;
    }

    private static byte[] Write(in ConnectionImage image)
    {
        byte[] octets = new byte[ConnectionRecord.MaxOctets];
        OctetWriter writer = new(octets);
        ConnectionRecord.Write(ref writer, image, 3);
        return octets[..writer.Written];
    }

    private static ConnectionImage Read(byte[] octets)
    {
        OctetReader reader = new(octets, 1000);
        ConnectionImage image = ConnectionRecord.Read(ref reader, Nics, out int nic);
        Assert.Equal(3, nic);
        Assert.True(reader.IsAtEnd);
        return image;
    }

    /// <summary>The entry that a table makes of an image.</summary>
    private static ConnectionEntry Restored(in ConnectionImage image)
    {
        ConnectionTracker tracker = new(new ConnectionTrackingOptions { MaxConnections = 16 });
        ConnectionImage placed = image;
        placed.Key = image.Key.InZone(tracker.RegisterZone());
        Assert.Equal(RestoreOutcome.Restored, tracker.Restore(placed, 1_000_000, 0, 0));
        return tracker.Table[0];
    }

    private static byte[] Octets<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static ConnectionState StateOf(ConnectionClass kind, bool isTcp = true)
    {
        ConnectionState state = ConnectionState.Create(kind, Direction.Egress, 0);
        state.IsReplied = true;
        if (isTcp)
        {
            state.SetScale(true, 7);
            state.SetScale(false, 3);
        }

        return state;
    }

    private static ConnectionImage ImageOf(byte protocol, ConnectionState state, bool isIPv6 = false)
    {
        bool isIcmp = protocol == ProtocolNumbers.Icmp;
        (ushort local, ushort remote) = isIcmp ? ((ushort)7, (ushort)(8 << 8)) : ProtocolNumbers.HasPorts(protocol) ? ((ushort)40_000, (ushort)443) : default;
        UInt128 high = isIPv6 ? (UInt128)0x20010DB8 << 96 : 0;
        FlowKey key = new(high | 0x0A00000A, high | 0xCB007107, local, remote, 0, isIPv6 ? Ethertype.IPv6 : Ethertype.IPv4, 0x002001, protocol);
        ConnectionImage image = new() { Key = key, State = state, IdleMilliseconds = Idle };
        if (protocol == ProtocolNumbers.Tcp)
        {
            image.Initiator = new TcpSide { End = 0x11223344, MaxEnd = 0x55667788, MaxAcknowledgment = 0x99AABBCC, MaxWindow = 0x2DDEEFF3, HasAcknowledged = true };
            image.Responder = new TcpSide { End = 1, MaxEnd = uint.MaxValue, MaxAcknowledgment = 3, MaxWindow = 4, IsSackPermitted = true };
        }
        else
        {
            image.AgeMilliseconds = 99_999;
        }

        return image;
    }
}
