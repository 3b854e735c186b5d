using System.Buffers;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Packets in memory that others write to: what is judged is what is recorded, whichever of the two readings it was.</summary>
public sealed class SharedMemoryTests
{
    private static readonly byte[] s_denied = PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Tcp(40_000, 22, TcpFlags.Syn);
    private static readonly byte[] s_known = PacketBuilder.Ip("10.0.0.5", "10.9.9.9").Tcp(40_000, 80, TcpFlags.Syn);
    private static readonly byte[] s_allowed = PacketBuilder.Ip("10.0.0.5", "10.9.9.9").Tcp(40_001, 80, TcpFlags.Syn);

    /// <summary>The SYN of a connection goes the whole way, which reads it again.</summary>
    [Fact]
    public void Burst_WhosePacketChangesBetweenTwoReadings_IsJudgedByTheSecond()
    {
        using Firewall firewall = Open();
        Assert.Equal(Reason.MatchedRule, firewall["nic"].Filter(Direction.Egress, s_known).Reason);
        Assert.Equal((2, Reason.NoMatchingRule), Filter(firewall, s_known, s_denied));
        Assert.Equal((2, Reason.MatchedRule), Filter(firewall, s_known, s_allowed));
        Assert.Equal([40_000, 40_001], firewall.GetConnections().Select(connection => connection.LocalPort).Order());
        Assert.Equal(Reason.NoMatchingRule, firewall["nic"].Filter(Direction.Egress, s_denied).Reason);
    }

    [Fact]
    public void Burst_WhosePacketChangesAfterItsReading_IsJudgedByWhatWasRead()
    {
        using Firewall firewall = Open();
        Assert.Equal((1, Reason.NoMatchingRule), Filter(firewall, s_denied, s_allowed));
        Assert.Empty(firewall.GetConnections());
        Assert.Equal((1, Reason.MatchedRule), Filter(firewall, s_allowed, s_denied));
        Assert.Equal(["10.9.9.9"], firewall.GetConnections().Select(connection => connection.RemoteAddress.ToString()));
        Assert.Equal(Reason.NoMatchingRule, firewall["nic"].Filter(Direction.Egress, s_denied).Reason);
    }

    private static Firewall Open()
    {
        SecurityGroup web = SecurityGroup.CreateEmpty("web").WithRule(SecurityGroupRule.Egress(IpProtocol.Tcp, 80, Remote.Network("10.9.9.9/32")));
        Policy policy = Policy.Create([web], [new Nic("nic") { Addresses = [NicAddress.Parse("10.0.0.5")], SecurityGroups = ["web"] }]);
        return new Firewall(policy, new FirewallOptions { LinkType = LinkType.RawIp });
    }

    private static (int Readings, Reason Reason) Filter(Firewall firewall, byte[] first, byte[] then)
    {
        using Changing packet = new(first, then);
        Decision[] decisions = new Decision[1];
        firewall["nic"].Filter(Direction.Egress, [packet.Memory], decisions);
        return (packet.Readings, decisions[0].Reason);
    }

    /// <summary>Memory that holds one packet when it is first looked at, and another from then on.</summary>
    private sealed class Changing(byte[] first, byte[] then) : MemoryManager<byte>
    {
        public int Readings { get; private set; }

        public override Memory<byte> Memory => CreateMemory(first.Length);

        public override Span<byte> GetSpan() => Readings++ == 0 ? first : then;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
