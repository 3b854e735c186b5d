using System.Buffers.Binary;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// One flood: every packet from another forged source, a sixty-fourth of the table in a millisecond (a million a second for 65,536), so that a
/// handshake has sixteen milliseconds; meanwhile the live connections talk, and every now and then somebody opens another one, with a round
/// trip of hundreds of flood packets.
/// </summary>
internal sealed class FloodRun
{
    private const int Milliseconds = 64;

    private readonly ManualTimeProvider _clock = new(TimeSpan.FromHours(1));
    private readonly NicFilter _nic;
    private readonly Ends _ends;
    private readonly List<int> _live = [];
    private readonly int _sourceOffset;
    private readonly int _perMillisecond;
    private uint _forged;
    private int _nextPort = 1_024;

    public FloodRun(Ethertype family, int maxConnections)
    {
        _ends = Ends.For(family);
        _perMillisecond = maxConnections / Milliseconds;
        _sourceOffset = _ends.IsIPv4 ? 12 : 20;
        Firewall = new Firewall(Web(IngressAll), With(tracking => tracking with { MaxConnections = maxConnections }) with { TimeProvider = _clock });
        _nic = Firewall[W];
    }

    public Firewall Firewall { get; }

    public void Open(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int port = _nextPort++;
            Syn(port);
            SynAck(port);
            Ack(port);
        }
    }

    /// <summary>SYNs; the instance answers every fourth.</summary>
    public void Syns(int packets, int every) => Flood(
        packets, every, PacketBuilder.Ip(_ends.X, _ends.W).Tcp(7_000, 22, TcpFlags.Syn, 1).Build(),
        () => PacketBuilder.Ip(_ends.W, _ends.X).Tcp(22, 7_000, TcpFlags.Syn | TcpFlags.Ack, 1, 2).Build());

    /// <summary>UDP; the instance answers every fourth.</summary>
    public void Datagrams(int packets, int every) => Flood(
        packets, every, PacketBuilder.Ip(_ends.X, _ends.W).Udp(7_000, 53).Build(), () => PacketBuilder.Ip(_ends.W, _ends.X).Udp(53, 7_000).Build());

    /// <summary>Every live connection passes both ways, and the table is whole.</summary>
    public void Verify()
    {
        _live.ForEach(Talk);
        Assert.Null(Firewall.Tracker.Table.FindDamage());
    }

    private void Flood(int packets, int every, byte[] packet, Func<byte[]> answerTemplate)
    {
        byte[] answer = answerTemplate();
        for (int i = 0; i < packets; i++)
        {
            Forge(packet, _sourceOffset);
            Assert.True(_nic.Filter(Direction.Ingress, packet).IsAllowed);
            if (i % 4 == 0)
            {
                packet.AsSpan(_sourceOffset, 4).CopyTo(answer.AsSpan(_sourceOffset + (_ends.IsIPv4 ? 4 : 16)));
                Assert.True(_nic.Filter(Direction.Egress, answer).IsAllowed);
            }

            Meanwhile(i, every);
            if (i % _perMillisecond == 0)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
            }
        }
    }

    // The SYN, its answer three milliseconds later and the acknowledgment after as many more: a round trip of some hundred packets at least.
    private void Meanwhile(int i, int every)
    {
        int milliseconds = i % every / _perMillisecond;
        if (i % every % _perMillisecond != 0 || milliseconds % 3 != 0)
        {
            return;
        }

        switch (milliseconds / 3)
        {
            case 0:
                Syn(_nextPort);
                break;
            case 1:
                SynAck(_nextPort);
                break;
            case 2:
                Ack(_nextPort++);
                break;
            case 3:
                Talk(_live[i / every % _live.Count]);
                Talk(_live[^1]);
                break;
        }
    }

    // Sources from 224.x are martians; the low octets of an IPv6 address may be anything.
    private void Forge(byte[] packet, int offset) =>
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(offset), 0x0B00_0000 + (_forged++ & 0x00FF_FFFF));

    private void Syn(int port) => Expect(Reason.MatchedRule, Direction.Ingress, _ends.In.Tcp(port, 443, TcpFlags.Syn, 1000));

    private void SynAck(int port) => Expect(Reason.Established, Direction.Egress, _ends.Out.Tcp(443, port, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001));

    private void Ack(int port)
    {
        Expect(Reason.Established, Direction.Ingress, _ends.In.Tcp(port, 443, TcpFlags.Ack, 1001, 5001));
        _live.Add(port);
    }

    private void Talk(int port)
    {
        Expect(Reason.Established, Direction.Ingress, _ends.In.Tcp(port, 443, TcpFlags.Ack, 1001, 5001));
        Expect(Reason.Established, Direction.Egress, _ends.Out.Tcp(443, port, TcpFlags.Ack, 5001, 1001));
    }

    private void Expect(Reason reason, Direction direction, PacketBuilder packet) => Assert.Equal(reason, _nic.Filter(direction, packet).Reason);
}
