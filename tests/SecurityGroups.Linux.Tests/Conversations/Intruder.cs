using System.Collections.Concurrent;
using System.Net;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>
/// Someone outside who sees nothing and sends what belongs to no conversation: strangers, who are always denied, and forgers, who guessed the
/// ends of a real connection but not its numbers. A forged segment may pass as old, for the receiver to ignore, and must never count.
/// </summary>
/// <remarks>To an open port nobody forges a SYN here: in the name of a client that the rules admit, anyone may open a connection.</remarks>
internal sealed class Intruder(int seed, double rate, IPAddress victim, bool isPortOpen)
{
    private static readonly TcpFlags[] s_flags =
        [TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack];

    private readonly Random _random = new(seed);

    // Shared by both lanes: what was forged, by the number that a reset in answer to it would carry.
    private readonly ConcurrentDictionary<uint, bool> _forgedAcknowledgments = new();

    /// <summary>What the library may say to an intruder.</summary>
    public static bool MayBe(Decision decision) => !decision.IsAllowed || decision.Reason == Reason.PassIgnored;

    /// <summary>Whether the instance's kernel answers a forgery that passed: a reset with the number that was forged.</summary>
    public bool IsAnsweredBy(byte[] packet)
    {
        ParsedPacket parsed = PacketText.Parse(packet);
        return (parsed.TcpFlags & TcpFlags.Rst) != 0 && _forgedAcknowledgments.ContainsKey(parsed.TcpSequence);
    }

    /// <summary>Perhaps a packet to slip in behind a real one that comes from outside.</summary>
    public byte[]? Next(byte[] real)
    {
        if (_random.NextDouble() >= rate)
        {
            return null;
        }

        ParsedPacket packet = PacketText.Parse(real);
        return packet.Protocol == ProtocolNumbers.Tcp && _random.Next(2) == 0 ? Forged(real, packet) : Stranger(packet);
    }

    private byte[] Stranger(in ParsedPacket near)
    {
        PacketBuilder packet = PacketBuilder.Ip(Spoofed(), victim);
        int port = _random.Next(2) == 0 ? near.DestinationPort : _random.Next(1, 65536);
        return _random.Next(4) switch
        {
            0 => packet.Tcp(_random.Next(1, 65536), port, Flags(isPortOpen), Word(), Word()),
            1 => packet.Udp(_random.Next(1, 65536), port),
            2 => packet.EchoReply((ushort)_random.Next(65536)),
            _ => packet.PortUnreachable(PacketBuilder.Ip(victim, Spoofed()).Udp(port, _random.Next(1, 65536))),
        };
    }

    // A quarter to three quarters of the number space away from the truth: no window reaches there.
    private byte[] Forged(byte[] real, in ParsedPacket packet)
    {
        uint sequence = packet.TcpSequence + 0x4000_0000 + (Word() >> 1);
        uint acknowledgment = packet.TcpAcknowledgment + 0x4000_0000 + (Word() >> 1);
        _forgedAcknowledgments[acknowledgment] = true;
        return PacketBuilder.Ip(Source(real), victim).Tcp(packet.SourcePort, packet.DestinationPort, Flags(IsOpen(packet.DestinationPort)), sequence, acknowledgment);
    }

    private static IPAddress Source(byte[] packet) => new(packet[0] >> 4 == 4 ? packet[12..16] : packet[8..24]);

    // Documentation prefixes, where nobody lives.
    private IPAddress Spoofed()
    {
        byte[] address = victim.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? [203, 0, 113, 0] : [0x20, 0x01, 0x0d, 0xb8, .. new byte[12]];
        address[^1] = (byte)_random.Next(1, 255);
        return new IPAddress(address);
    }

    // Where the instance initiates, one port is open nevertheless: for simultaneous opens.
    private bool IsOpen(int port) => isPortOpen || port == Services.SimultaneousOpen;

    private TcpFlags Flags(bool withoutSyn) => s_flags[_random.Next(withoutSyn ? 1 : 0, s_flags.Length)];

    private uint Word() => (uint)_random.NextInt64(1L << 32);
}
