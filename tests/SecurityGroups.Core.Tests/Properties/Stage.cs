using System.Collections.Immutable;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Properties;

/// <summary>Turns the steps of a scenario into packets as they are on the wire of a NIC: link headers, VLAN tags and damage added.</summary>
internal sealed class Stage(Scenario scenario, FirewallOptions options)
{
    private readonly ImmutableArray<Actor> _actors = [.. scenario.Conversations().Select(conversation => new Actor(conversation))];

    /// <summary>The packet of a step, null when the step sends none.</summary>
    public (string NicId, Direction Direction, byte[] Octets)? Packet(Step step, Policy policy) => step switch
    {
        Step.Say say => Say(say, policy, new Dice(say.Salt)),
        Step.Meet meet => (meet.NicId, meet.Direction, Meet(meet, policy, new Dice(meet.Salt))),
        _ => null,
    };

    private (string NicId, Direction Direction, byte[] Octets)? Say(Step.Say say, Policy policy, Dice dice)
    {
        Actor actor = _actors[say.Conversation];
        if (actor.Packet(say, dice) is not { } packet)
        {
            return null;
        }

        string nicId = actor.Conversation.NicId;
        Direction direction = actor.DirectionOf(say);
        packet = OnLink(packet, nicId, direction, say.Flaw, policy, dice);
        packet = LinkOf(nicId, policy) == LinkType.Ethernet && actor.Conversation.VlanId is { } id ? packet.Vlan(id) : packet;
        return (nicId, direction, Damaged(packet, say.Flaw, dice));
    }

    private byte[] Meet(Step.Meet meet, Policy policy, Dice dice)
    {
        if (Strays.Builder(meet, dice) is not { } packet)
        {
            return Strays.Packet(meet, dice);
        }

        packet = meet.Flaw switch
        {
            Flaw.HopLimit => packet.HopLimit(dice.Pick(1, 64, 255)),
            Flaw.Extensions => packet.DestinationOptions(),
            Flaw.Fragment when meet.Stray != Stray.Arp => packet.Fragment(0, true),
            _ => packet,
        };
        return Damaged(meet.Stray == Stray.Arp ? packet : OnLink(packet, meet.NicId, meet.Direction, meet.Flaw, policy, dice), meet.Flaw, dice);
    }

    private LinkType LinkOf(string nicId, Policy policy) => policy.Nics.GetValueOrDefault(nicId)?.Options?.LinkType ?? options.LinkType;

    private PacketBuilder OnLink(PacketBuilder packet, string nicId, Direction direction, Flaw flaw, Policy policy, Dice dice)
    {
        if (LinkOf(nicId, policy) == LinkType.RawIp)
        {
            return packet;
        }

        string own = flaw == Flaw.OtherMac ? "02:00:00:00:00:55" : Universe.MacOf(nicId);
        packet = direction == Direction.Egress ? packet.Ethernet(own, Universe.StrangerMac) : packet.Ethernet(Universe.StrangerMac, own);
        return flaw == Flaw.OtherVlan
            ? dice.Below(4) switch { 0 => packet.Vlan(0), 1 => packet.Vlan(100), 2 => packet.Vlan(100, 0x88A8).Vlan(200), _ => packet.Vlan(0).Vlan(300).Vlan(100) }
            : packet;
    }

    private static byte[] Damaged(PacketBuilder packet, Flaw flaw, Dice dice)
    {
        byte[] octets = packet.Build();
        switch (flaw)
        {
            case Flaw.Octet when octets.Length > 0:
                octets[dice.Below(octets.Length)] ^= (byte)(1 << dice.Below(8));
                return octets;
            case Flaw.Truncated:
                return octets[..dice.Below(octets.Length + 1)];
            case Flaw.Padded:
                return [.. octets, .. new byte[1 + dice.Below(20)]];
            default:
                return octets;
        }
    }
}
