namespace SecurityGroups.Tests.Support;

// Step 7 of decisions.md: ICMP errors, by the packet they quote.
internal sealed partial class ReferenceFirewall
{
    private const int BurstSeconds = 10;
    private const uint LeastMtuIPv4 = 68;
    private const uint LeastMtuIPv6 = 1280;

    private Reason DecideIcmpError(Call call)
    {
        ReferenceQuote quote;
        try
        {
            quote = ReferenceQuote.Read(call.Packet.IcmpPayload, call.Packet.Family);
        }
        catch (ReferenceFault fault)
        {
            return fault.Reason is Reason.Malformed or Reason.UnrelatedIcmp ? fault.Reason : Reason.Malformed;
        }

        if (IsRefusedKind(call.Packet) || quote.Source != call.Packet.Destination || FindQuoted(quote, call) is not { } connection)
        {
            return Reason.UnrelatedIcmp;
        }

        if (IsRevoked(connection, call.Nic.Nic))
        {
            return Reason.PolicyRevoked;
        }

        return TakeToken(call) ? Reason.Related : Reason.IcmpRateLimit;
    }

    /// <summary>Source quench and redirect (RFC 6633), and a "too big" that no link can mean.</summary>
    private static bool IsRefusedKind(ReferencePacket packet) => packet.Family == Ethertype.IPv4
        ? packet.IcmpType is 4 or 5 || (packet is { IcmpType: 3, IcmpCode: 4 } && (packet.IcmpWord & 0xFFFF) is > 0 and < LeastMtuIPv4)
        : packet.IcmpType == 2 && packet.IcmpWord < LeastMtuIPv6;

    /// <summary>The live connection whose packet is quoted; that packet travelled against the error.</summary>
    private ReferenceConnection? FindQuoted(ReferenceQuote quote, Call call)
    {
        Direction direction = Opposite(call.Direction);
        bool isEgress = direction == Direction.Egress;
        (ReferenceAddress local, ReferenceAddress remote) = isEgress ? (quote.Source, quote.Destination) : (quote.Destination, quote.Source);
        string vlans = string.Join(',', call.Packet.VlanIds);
        bool isIcmp = quote.Protocol == (quote.Source.Family == Ethertype.IPv4 ? 1 : 58);
        bool hasPorts = quote.Protocol is 6 or 17 or 33 or 132 or 136;
        (int localPort, int remotePort) = !hasPorts ? (0, 0) : isEgress ? (quote.SourcePort, quote.DestinationPort) : (quote.DestinationPort, quote.SourcePort);
        ReferenceConnectionKey key = new(call.Zone.Number, vlans, quote.Protocol, local, localPort, remote, remotePort, null);
        if (isIcmp)
        {
            bool isReply = ReferenceIcmp.IsReply(quote.Source.Family, quote.IcmpType);
            if (!isReply && !ReferenceIcmp.IsRequest(quote.Source.Family, quote.IcmpType))
            {
                return null;
            }

            int query = (ReferenceIcmp.RequestOf(quote.Source.Family, quote.IcmpType) << 8) | quote.IcmpCode;
            key = key with { LocalPort = quote.IcmpIdentifier, RemotePort = query, IcmpInitiator = isReply ? call.Direction : direction };
        }

        ReferenceConnection? connection = Find(key, call.Now);
        bool isInFlight = connection?.Tcp is not { } tcp || call.Nic.WindowCheck == WindowCheck.Off || tcp.IsInFlight(direction == connection.Initiator, quote.Sequence);
        return isInFlight ? connection : null;
    }

    /// <summary>
    /// A bucket of ten seconds' worth of errors, kept as the time at which it would be full again; every error that passes moves it on.
    /// When the clock went back so far that this lies beyond the whole burst, it begins anew.
    /// </summary>
    private bool TakeToken(Call call)
    {
        if (Tracking.IcmpErrorsPerSecond == 0)
        {
            return true;
        }

        long cost = 1_000_000 / Tracking.IcmpErrorsPerSecond;
        long now = call.Now * 1_000;
        long burst = BurstSeconds * 1_000_000;
        long fullAt = call.Zone.IcmpFullAtMicroseconds;
        fullAt = fullAt < now || fullAt - now > burst ? now : fullAt;
        bool hasToken = fullAt + cost - now <= burst;
        call.Zone.IcmpFullAtMicroseconds = hasToken ? fullAt + cost : call.Zone.IcmpFullAtMicroseconds;
        return hasToken;
    }
}
