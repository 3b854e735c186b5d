using SecurityGroups.Packets;
using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Soak;

/// <summary>
/// Connections saved, and restored, while packets open, use and close others: the stream is whole, every connection that lived throughout is in
/// it, and no packet of one is denied where it lives, nor where it was restored.
/// </summary>
public sealed class SaveRestoreSoakTests
{
    private const int Live = 64;
    private const int Passing = 300;
    private const int Saves = 60;
    private const int FirstPort = 10_000;

    private static readonly FirewallOptions s_options = Given.With(tracking => tracking with { MaxConnections = 4 * Passing, CountTraffic = true });

    [Theory, Families]
    public async Task SaveAndRestore_WhilePacketsFlow_LosesNothing(Ethertype family)
    {
        using Traffic traffic = new(Ends.For(family));
        Task[] threads = traffic.Start();
        long saved = 0;
        for (int i = 0; i < Saves; i++)
        {
            byte[] stream = SavedStreams.Save(traffic.Source);
            saved += traffic.CheckWhole(stream);
            SavedStreams.Restore(traffic.Target, stream);
            traffic.IsRestored = true;
            Assert.Equal(Live, traffic.Target.GetConnections(new ConnectionFilter { Protocol = IpProtocol.Tcp }).Count());
            Assert.Equal(0, SavedStreams.Restore(traffic.Source, stream).NoRoom);
            await traffic.Flow();
        }

        traffic.IsOver = true;
        await Task.WhenAll(threads);
        Assert.Equal((0, 0), (traffic.DeniedAtSource, traffic.DeniedAtTarget));
        Assert.True(saved > Saves * Live, "no other connections were saved");
        Assert.Null(traffic.Source.Tracker.Table.FindDamage());
        Assert.Null(traffic.Target.Tracker.Table.FindDamage());
    }

    /// <summary>Two firewalls of one policy: connections live in the first, their packets come to both.</summary>
    private sealed class Traffic : IDisposable
    {
        private readonly ManualTimeProvider _clock = new(TimeSpan.FromHours(1));
        private readonly byte[][] _outward;
        private readonly byte[][] _inward;
        private readonly byte[][] _passing;
        private readonly Func<int, int>[] _steps;
        private readonly long[] _sent;
        private int _deniedAtSource;
        private int _deniedAtTarget;
        private volatile bool _isRestored;
        private volatile bool _isOver;

        public Traffic(Ends e)
        {
            Source = Create();
            Target = Create();
            int[] ports = [.. Enumerable.Range(FirstPort, Live)];
            _outward = [.. ports.Select(port => e.Out.Tcp(port, 443, TcpFlags.Ack, 1001, 5001).Build())];
            _inward = [.. ports.Select(port => e.In.Tcp(443, port, TcpFlags.Ack, 5001, 1001).Build())];
            _passing = [.. Enumerable.Range(1, Passing).Select(port => e.Out.Udp(port, 53).Build())];
            _steps =
            [
                i => Send(Source, Direction.Egress, _outward[i % Live]) ? 0 : Interlocked.Increment(ref _deniedAtSource),
                i => Send(Source, Direction.Ingress, _inward[i % Live]) ? 0 : Interlocked.Increment(ref _deniedAtSource),
                ComeAndGo,
                SendToTarget,
            ];
            _sent = new long[_steps.Length];
            foreach (int port in ports)
            {
                Open(Source[Given.W], e, port);
            }
        }

        public Firewall Source { get; }

        public Firewall Target { get; }

        public bool IsRestored
        {
            set => _isRestored = value;
        }

        public bool IsOver
        {
            set => _isOver = value;
        }

        public int DeniedAtSource => Volatile.Read(ref _deniedAtSource);

        public int DeniedAtTarget => Volatile.Read(ref _deniedAtTarget);

        public void Dispose()
        {
            Source.Dispose();
            Target.Dispose();
        }

        public Task[] Start() => [.. Enumerable.Range(0, _steps.Length).Select(thread => Task.Run(() => Repeat(thread)))];

        /// <summary>Waits until each thread has sent as many packets as there are live connections, whichever of them the system runs first.</summary>
        public async Task Flow()
        {
            for (int thread = 0; thread < _sent.Length; thread++)
            {
                for (long until = Volatile.Read(ref _sent[thread]) + Live; Volatile.Read(ref _sent[thread]) < until;)
                {
                    await Task.Yield();
                }
            }
        }

        /// <summary>Restores a stream into a firewall of its own: all of it is there, and every live connection goes on. Returns how many it has.</summary>
        public long CheckWhole(byte[] stream)
        {
            using Firewall fresh = Create();
            RestoreResult result = SavedStreams.Restore(fresh, stream);
            Assert.Equal(result with { Restored = 0, AlreadyThere = 0 }, default);
            Assert.All(_outward, packet => Assert.True(Send(fresh, Direction.Egress, packet)));
            Assert.All(_inward, packet => Assert.True(Send(fresh, Direction.Ingress, packet)));
            Assert.Null(fresh.Tracker.Table.FindDamage());
            return result.Restored;
        }

        private static bool Send(Firewall firewall, Direction direction, byte[] packet) => firewall[Given.W].Filter(direction, packet).IsAllowed;

        private static void Open(NicFilter nic, Ends e, int port)
        {
            nic.Filter(Direction.Egress, e.Out.Tcp(port, 443, TcpFlags.Syn, 1000));
            nic.Filter(Direction.Ingress, e.In.Tcp(443, port, TcpFlags.Syn | TcpFlags.Ack, 5000, 1001));
            nic.Filter(Direction.Egress, e.Out.Tcp(port, 443, TcpFlags.Ack, 1001, 5001));
        }

        private Firewall Create() => new(Given.P0, s_options with { TimeProvider = _clock });

        private void Repeat(int thread)
        {
            for (int i = 0; !_isOver; i++)
            {
                _steps[thread](i);
                Volatile.Write(ref _sent[thread], i + 1);
            }
        }

        private int ComeAndGo(int i)
        {
            int denied = Send(Source, Direction.Egress, _passing[i % Passing]) ? 0 : Interlocked.Increment(ref _deniedAtSource);
            return i % Passing == 0 ? Source.RemoveConnections(new ConnectionFilter { LocalPorts = new PortRange(1, Passing) }) : denied;
        }

        // What was restored before the packet came must know it.
        private int SendToTarget(int i)
        {
            bool mustPass = _isRestored;
            return Send(Target, Direction.Ingress, _inward[i % Live]) || !mustPass ? 0 : Interlocked.Increment(ref _deniedAtTarget);
        }
    }
}
