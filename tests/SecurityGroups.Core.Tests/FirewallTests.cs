using System.Net;

namespace SecurityGroups.Tests;

public sealed class FirewallTests
{
    [Fact]
    public void Filter_EgressHandshake_IsAllowedBothWaysWithOneRule()
    {
        using Firewall firewall = new(Policy(), new FirewallOptions { LinkType = LinkType.RawIp });
        NicFilter nic = firewall["eth0"];

        Decision syn = nic.Filter(Direction.Egress, Tcp("10.0.0.5", 40_000, "203.0.113.7", 443, 0x02, 1000, 0));
        Decision synAck = nic.Filter(Direction.Ingress, Tcp("203.0.113.7", 443, "10.0.0.5", 40_000, 0x12, 5000, 1001));
        Decision other = nic.Filter(Direction.Ingress, Tcp("203.0.113.7", 443, "10.0.0.5", 40_001, 0x12, 5000, 1001));
        Decision unasked = nic.Filter(Direction.Ingress, Tcp("203.0.113.7", 5000, "10.0.0.5", 22, 0x02, 5000, 0));

        Assert.Equal(Reason.MatchedRule, syn.Reason);
        Assert.Equal(Reason.Established, synAck.Reason);
        Assert.Equal(Reason.InvalidState, other.Reason);
        Assert.Equal(Reason.NoMatchingRule, unasked.Reason);
        Assert.True(firewall.TryGetRule(syn, out RuleReference? rule));
        Assert.Equal("web", rule.SecurityGroup.Id);
        Assert.Equal("synReceived", Assert.Single(firewall.GetConnections()).State);
    }

    [Fact]
    public void Options_WithUndefinedFlags_AreRefused()
    {
        FirewallOptions options = new() { LinkType = LinkType.RawIp };
        FirewallOptions[] undefined = [options with { Infrastructure = (InfrastructureTraffic)(1 << 20) }, options with { Martians = (MartianSources)(-1) }];
        Assert.All(undefined, bad => Assert.Throws<ArgumentOutOfRangeException>(() => new Firewall(Policy(), bad)));
        Assert.All(Enum.GetValues<MartianSources>(), flags => new Firewall(Policy(), options with { Martians = flags }).Dispose());
    }

    private static Policy Policy() => SecurityGroups.Policy.Create(
        [SecurityGroup.CreateDefault("web")],
        [new Nic("eth0") { Addresses = [IPAddress.Parse("10.0.0.5")], SecurityGroups = ["web"] }]);

    private static byte[] Tcp(string source, ushort sourcePort, string destination, ushort destinationPort, byte flags, uint sequence, uint acknowledgment)
    {
        byte[] packet = new byte[40];
        packet[0] = 0x45;
        packet[3] = 40;
        packet[8] = 64;
        packet[9] = 6;
        IPAddress.Parse(source).TryWriteBytes(packet.AsSpan(12), out _);
        IPAddress.Parse(destination).TryWriteBytes(packet.AsSpan(16), out _);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), sourcePort);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), destinationPort);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), sequence);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), acknowledgment);
        packet[32] = 0x50;
        packet[33] = flags;
        packet[34] = 0xFF;
        return packet;
    }
}
