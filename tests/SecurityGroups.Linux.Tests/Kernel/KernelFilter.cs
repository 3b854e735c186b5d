using System.Buffers.Binary;
using SecurityGroups.Linux.Tests.Support;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// Linux as the filter of NIC W: a router between two TUN devices whose nftables rules say what a policy says, with connection tracking.
/// </summary>
/// <remarks>
/// A packet is allowed when it comes out at the other device. So that a denial needs no waiting, each packet is followed by a marker that
/// the rules let through untracked: the kernel forwards in order, so what has not come out before its marker was dropped. Routing is by the
/// device alone, so any addresses will do that the kernel's IP layer forwards at all.
/// </remarks>
internal sealed class KernelFilter : IDisposable
{
    private const string Left = "left";
    private const string Right = "right";
    private const int MarkerOctets = 20 + 8 + 4;
    private const int FragmentOctets = 1 << 29;
    private const int PatienceMilliseconds = 5000;

    private readonly NetworkNamespace _space = NetworkNamespace.Create();
    private readonly TunDevice _left;
    private readonly TunDevice _right;
    private readonly byte[] _buffer = new byte[65_600];
    private readonly byte[] _marker = PacketBuilder.Ip(NftRuleset.MarkerSource, NftRuleset.MarkerDestination).Udp(9, 9).PayloadOfLength(4);
    private uint _sent;
    private string _ruleset = "";

    public KernelFilter()
    {
        _left = TunDevice.Open(_space, Left, isEthernet: false);
        _right = TunDevice.Open(_space, Right, isEthernet: false);
        _space.Set("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.netfilter.nf_conntrack_tcp_be_liberal=0");
        _space.Set($"net.ipv4.ipfrag_high_thresh={FragmentOctets}", $"net.netfilter.nf_conntrack_frag6_high_thresh={FragmentOctets}", $"net.ipv6.ip6frag_high_thresh={FragmentOctets}");
        Route(Left, Right, "100");
        Route(Right, Left, "101");
    }

    /// <summary>Makes the kernel filter by this policy and mode, and forget its connections.</summary>
    public void Load(Policy policy, string nic, FirewallOptions options)
    {
        Set($"net.netfilter.nf_conntrack_tcp_loose={(options.ConnectionTracking.PickUp == PickUp.Loose ? 1 : 0)}");
        Set($"net.netfilter.nf_conntrack_checksum={(options.VerifyChecksums ? 1 : 0)}");
        string ruleset = NftRuleset.Of(policy, nic, egressDevice: Left, ingressDevice: Right);
        if (ruleset != _ruleset)
        {
            _space.RunInput(ruleset, "nft", "-f", "-");
            _ruleset = ruleset;
        }

        Forget();
    }

    /// <summary>Sets kernel settings of this router.</summary>
    public void Set(params string[] settings) => _space.Set(settings);

    /// <summary>Forgets every connection.</summary>
    public void Forget() => _space.Run("conntrack", "-F");

    /// <summary>Sends a packet and tells whether the kernel let it, or its reassembled datagram, pass.</summary>
    public bool Forwards(Crossing crossing)
    {
        (TunDevice source, TunDevice sink) = crossing.Direction == Direction.Egress ? (_left, _right) : (_right, _left);
        Drain(source);
        source.Write(crossing.Packet);
        BinaryPrimitives.WriteUInt32BigEndian(_marker.AsSpan(MarkerOctets - 4), ++_sent);
        source.Write(_marker);
        return CameOut(crossing, sink);
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _space.Dispose();
    }

    // Into one device, out at the other, whatever the addresses say; a packet as large as IP allows fits.
    private void Route(string from, string to, string table)
    {
        _space.Set($"net.ipv4.conf.{from}.rp_filter=0", $"net.ipv4.conf.{from}.send_redirects=0");
        _space.Run("ip", "link", "set", from, "mtu", "65521");
        foreach (string family in (string[])["-4", "-6"])
        {
            _space.Run("ip", family, "rule", "add", "iif", from, "lookup", table);
            _space.Run("ip", family, "route", "add", "default", "dev", to, "table", table);
        }
    }

    private bool CameOut(Crossing crossing, TunDevice sink)
    {
        bool forwarded = false;
        while (true)
        {
            int octets = sink.Read(_buffer);
            if (octets == 0)
            {
                Assert.True(TunDevice.Wait(PatienceMilliseconds, sink), "the kernel lost a marker");
                continue;
            }

            if (IsMarker(_buffer.AsSpan(0, octets)))
            {
                return forwarded;
            }

            if (IsOwnChatter(_buffer))
            {
                continue;
            }

            forwarded = true;
            Assert.True(IsSame(crossing.Packet, _buffer.AsSpan(0, octets)), $"the kernel sent something else than {crossing}: {Convert.ToHexString(_buffer.AsSpan(0, octets))}");
        }
    }

    private bool IsMarker(ReadOnlySpan<byte> packet) => packet.Length == MarkerOctets && packet[12..].SequenceEqual(_marker.AsSpan(12));

    // The router's own listener reports and the like; what it forwards never has link scope.
    private static bool IsOwnChatter(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6 && packet[24] == 0xFF && packet[25] == 0x02;

    // The hop count and IPv4's checksum change on the way; options may (record route), and fragments are put together.
    private static bool IsSame(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> got)
    {
        int header = sent[0] >> 4 == 4 ? (sent[0] & 15) * 4 : 40;
        return IsFragment(sent) || (got.Length >= header && sent[header..].StartsWith(got[header..]));
    }

    private static bool IsFragment(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 4
        ? ((packet[6] & 0x3F) | packet[7]) != 0
        : packet[6] is PacketBuilder.FragmentHeader or PacketBuilder.HopByHopHeader or PacketBuilder.DestinationOptionsHeader or PacketBuilder.RoutingHeader;

    // What the router itself answers (an ICMP error of its own) is no verdict.
    private void Drain(TunDevice device)
    {
        while (device.Read(_buffer) != 0)
        {
        }
    }
}
