using System.Runtime.CompilerServices;
using SecurityGroups.Events;
using SecurityGroups.Packets;

namespace SecurityGroups;

/// <summary>
/// Writes denied packets, and those that only a log lets pass, into the ring of events, so many a second: who floods a NIC must not push the events of others out, nor spend more of
/// the packet's time than one look at a word. Any thread.
/// </summary>
internal sealed class DenialReporter(EventRing ring, int perSecond)
{
    private readonly SampledDenials[] _sampled = new SampledDenials[1];

    /// <summary>Denials beyond the limit.</summary>
    public long Suppressed => Volatile.Read(ref _sampled[0].Suppressed);

    /// <summary>A packet was denied, or would have been; what of it was read is in <paramref name="packet"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Report(string nicId, Direction direction, in ParsedPacket packet, Decision decision, long nowMilliseconds)
    {
        if (TryClaim(nowMilliseconds, out long position))
        {
            Write(position, nicId, direction, packet, decision, nowMilliseconds);
        }
    }

    /// <summary>As above, for a plain packet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Report(string nicId, Direction direction, in PlainPacket packet, Decision decision, long nowMilliseconds)
    {
        if (TryClaim(nowMilliseconds, out long position))
        {
            Write(position, nicId, direction, packet.ToPacket(), decision, nowMilliseconds);
        }
    }

    /// <summary>A packet was denied before it was read.</summary>
    public void ReportUnread(string nicId, Direction direction, Decision decision, long nowMilliseconds) =>
        Report(nicId, direction, default(ParsedPacket), decision, nowMilliseconds);

    private void Write(long position, string nicId, Direction direction, in ParsedPacket packet, Decision decision, long nowMilliseconds)
    {
        ref EventRecord record = ref ring.At(position);
        record = new EventRecord
        {
            Kind = decision.IsAllowed ? FirewallEventKind.PacketTolerated : FirewallEventKind.PacketDenied,
            NicId = nicId,
            Direction = direction,
            Decision = decision,
            Time = nowMilliseconds,
            EtherType = packet.EtherType,
            VlanIds = packet.VlanIds,
        };
        if (packet.Kind is PacketKind.IPv4 or PacketKind.IPv6 or PacketKind.Arp && (packet.Source | packet.Destination) != 0)
        {
            FillAddresses(ref record, packet);
        }

        ring.Publish(position);
    }

    private static void FillAddresses(ref EventRecord record, in ParsedPacket packet)
    {
        bool isEgress = record.Direction == Direction.Egress;
        record.HasAddresses = true;
        record.Local = isEgress ? packet.Source : packet.Destination;
        record.Remote = isEgress ? packet.Destination : packet.Source;
        record.Protocol = packet.Protocol;
        if (packet.Has(PacketTraits.Icmp))
        {
            record.HasIcmp = true;
            record.IcmpIdentifier = packet.SourcePort;
            record.IcmpTypeAndCode = packet.DestinationPort;
        }
        else if (packet.Has(PacketTraits.Ports))
        {
            record.LocalPort = isEgress ? packet.SourcePort : packet.DestinationPort;
            record.RemotePort = isEgress ? packet.DestinationPort : packet.SourcePort;
        }
    }

    private bool TryClaim(long now, out long position)
    {
        if (_sampled[0].Limit.TryTake(now, perSecond, perSecond))
        {
            return ring.TryClaim(out position);
        }

        Interlocked.Increment(ref _sampled[0].Suppressed);
        position = 0;
        return false;
    }
}
