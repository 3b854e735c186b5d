using System.Net;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Benchmarks;

/// <summary>
/// How long does it take to save the connections of a full table and to restore them into an empty one? UDP over IPv4 and IPv6 by halves. The
/// baseline copies the octets of the stream once: what memory alone would cost.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 5)]
public class SaveBenchmarks : IDisposable
{
    private readonly Policy _policy = Policy.Create(
        [SecurityGroup.CreateNeutron("open")], [new Nic("eth0") { Addresses = [IPAddress.Parse("10.0.0.5")], SecurityGroups = ["open"] }]);

    private Firewall _full = null!;
    private Firewall? _empty;
    private MemoryStream _stream = null!;
    private byte[] _copy = [];

    [Params(65_536, 1_000_000)]
    public int Entries { get; set; }

    private FirewallOptions Options => new()
    {
        LinkType = LinkType.RawIp,
        ConnectionTracking = new ConnectionTrackingOptions
        {
            MaxConnections = Entries,
            UnrepliedPercentage = 100,
            Timeouts = ConnectionTimeouts.Default with { UdpUnreplied = TimeSpan.FromDays(1) },
        },
    };

    [GlobalSetup]
    public void Setup()
    {
        _full = new Firewall(_policy, Options);
        uint zone = _full.Ruleset.FindNic("eth0")!.Zone;
        ParsedPacket packet = new() { Kind = PacketKind.IPv4, Protocol = ProtocolNumbers.Udp, Traits = PacketTraits.Ports };
        for (int i = 0; i < Entries; i++)
        {
            Reason reason = _full.Tracker.Create(Key(i, zone), packet, Direction.Egress, Environment.TickCount64, default, 1, commit: true);
            if (reason != Reason.NotEvaluated)
            {
                throw new InvalidOperationException($"Connection {i}: {reason}.");
            }
        }

        _stream = new MemoryStream();
        _full.SaveConnections(_stream);
        _copy = new byte[_stream.Length];
    }

    [IterationSetup(Target = nameof(Restore))]
    public void Empty() => _empty = new Firewall(_policy, Options);

    [GlobalCleanup]
    public void Dispose()
    {
        _full.Dispose();
        _empty?.Dispose();
        _stream.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void CopyOctets() => _stream.GetBuffer().AsSpan(0, _copy.Length).CopyTo(_copy);

    [Benchmark]
    public long Save()
    {
        _stream.Position = 0;
        return _full.SaveConnections(_stream);
    }

    [Benchmark]
    public long Restore()
    {
        _stream.Position = 0;
        RestoreResult result = _empty!.RestoreConnections(_stream, TimeSpan.Zero);
        return result.Restored == Entries ? result.Restored : throw new InvalidOperationException($"{result}");
    }

    private static FlowKey Key(int number, uint zone)
    {
        bool isIPv6 = number % 2 != 0;
        UInt128 high = isIPv6 ? (UInt128)0x20010DB8 << 96 : 0;
        return new FlowKey(
            high | 0x0A00_0005, high | (0xCB00_0000u + ((uint)number >> 14)), (ushort)(1_024 + (number & 0x3FFF)), 53, zone, isIPv6 ? Ethertype.IPv6 : Ethertype.IPv4, 0,
            ProtocolNumbers.Udp);
    }
}
