using System.Buffers.Binary;
using SecurityGroups.Benchmarks.Data;

namespace SecurityGroups.Benchmarks.Race;

/// <summary>Whole packets that no connection knows, over the trace of a rule set: a stateless NIC asks the rules about each. IPv4.</summary>
internal sealed class TraceRace : IDisposable
{
    private const int Burst = 32;
    private const int PacketOctets = 40;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private readonly Decision[] _decisions = new Decision[Burst];
    private readonly byte[] _buffer;
    private readonly PacketSlice[] _slices;
    private readonly Firewall _firewall;
    private readonly NicFilter _nic;

    private TraceRace(RuleSet set)
    {
        Header[] headers = [.. set.Trace.Where(header => header.Protocol is Tcp or Udp && header.Port != 0)];
        _slices = [.. headers.Select((_, i) => new PacketSlice(i * PacketOctets, PacketOctets))];
        _buffer = new byte[headers.Length * PacketOctets];
        for (int i = 0; i < headers.Length; i++)
        {
            Write(_buffer.AsSpan(i * PacketOctets, PacketOctets), headers[i]);
        }

        Nic nic = new("nic") { AddressChecks = false, SecurityGroups = [RuleSet.GroupId] };
        _firewall = new Firewall(
            Policy.Create([set.Rules.WithStateful(false)], [nic]), new FirewallOptions { LinkType = LinkType.RawIp, CallerTimestamps = true });
        _nic = _firewall["nic"];
    }

    public static void Run(string name)
    {
        using TraceRace race = new(RuleSet.Load(name));
        RaceCommand.Print($"rules {name}", "bursts", Pace.Measure(race.Bursts));
        RaceCommand.Print($"rules {name}", "single", Pace.Measure(race.OneByOne));
    }

    public void Dispose() => _firewall.Dispose();

    private static void Write(Span<byte> packet, Header header)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], PacketOctets);
        packet[8] = 64;
        packet[9] = header.Protocol;
        header.Remote.TryWriteBytes(packet[12..], out _);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], 0x0A00_0005);
        BinaryPrimitives.WriteUInt16BigEndian(packet[20..], 40_000);
        BinaryPrimitives.WriteUInt16BigEndian(packet[22..], header.Port);
        if (header.Protocol == Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[24..], PacketOctets - 20);
        }
        else
        {
            packet[32] = 5 << 4;
            packet[33] = 0x02;
        }
    }

    private int Bursts()
    {
        int allowed = 0;
        for (int start = 0; start + Burst <= _slices.Length; start += Burst)
        {
            allowed += _nic.Filter(Direction.Ingress, _buffer, _slices.AsSpan(start, Burst), _decisions, TimeSpan.Zero);
        }

        return Check(allowed, _slices.Length / Burst * Burst);
    }

    private int OneByOne()
    {
        int allowed = 0;
        foreach (PacketSlice slice in _slices)
        {
            allowed += _nic.Filter(Direction.Ingress, _buffer.AsSpan(slice.Offset, slice.Length), TimeSpan.Zero).IsAllowed ? 1 : 0;
        }

        return Check(allowed, _slices.Length);
    }

    private static int Check(int allowed, int asked) =>
        allowed > 0 && allowed < asked ? asked : throw new InvalidOperationException($"{allowed} of {asked} packets were allowed.");
}
