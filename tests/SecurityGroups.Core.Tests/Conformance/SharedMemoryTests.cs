using System.Buffers;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Conformance;

/// <summary>Packets in memory that others write to: what is judged is what is recorded, whichever of the two readings it was.</summary>
public sealed class SharedMemoryTests
{
    private static readonly byte[] s_plain = PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Tcp(40_000, 22, TcpFlags.Ack);
    private static readonly byte[] s_allowed = PacketBuilder.Ip("10.0.0.5", "10.9.9.9").Tcp(40_000, 80, TcpFlags.Syn);

    [Fact]
    public void Burst_WhosePacketChangesMeanwhile_OpensNoConnectionThatNoRuleAdmitted()
    {
        SecurityGroup web = SecurityGroup.CreateEmpty("web").WithRule(SecurityGroupRule.Egress(IpProtocol.Tcp, 80, Remote.Network("10.9.9.9/32")));
        Policy policy = Policy.Create([web], [new Nic("nic") { Addresses = [NicAddress.Parse("10.0.0.5")], SecurityGroups = ["web"] }]);
        using Firewall firewall = new(policy, new FirewallOptions { LinkType = LinkType.RawIp });
        using Changing packet = new(s_plain, s_allowed);
        Decision[] decisions = new Decision[1];
        firewall["nic"].Filter(Direction.Egress, [packet.Memory], decisions);
        Assert.Equal(2, packet.Readings);
        Assert.Equal(Reason.MatchedRule, decisions[0].Reason);
        Assert.Equal(["10.9.9.9"], firewall.GetConnections().Select(connection => connection.RemoteAddress.ToString()));
        Assert.Equal(Reason.NoMatchingRule, firewall["nic"].Filter(Direction.Egress, PacketBuilder.Ip("10.0.0.5", "203.0.113.7").Tcp(40_000, 22)).Reason);
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
