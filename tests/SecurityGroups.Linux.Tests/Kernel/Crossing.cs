namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>A packet on its way past NIC W, egress from the protected side and ingress from outside.</summary>
internal sealed record Crossing(Direction Direction, byte[] Packet)
{
    public override string ToString() => PacketText.Of(this);
}
