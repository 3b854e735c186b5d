using System.IO.Pipelines;
using SecurityGroups.Pipelines;

namespace SecurityGroups;

public sealed partial class NicFilter
{
    /// <summary>
    /// Reads packets until <paramref name="reader"/> ends, decides them in bursts of what has arrived (32 at most) and writes the allowed ones
    /// to <paramref name="writer"/> in the same framing, flushed after every burst. Ends early when nobody reads the writer's other side any more.
    /// Completes neither pipe.
    /// </summary>
    /// <param name="direction">Which way all packets of the stream travel.</param>
    /// <param name="reader">Where packets come from; what was read from it is what was decided, however the call ends.</param>
    /// <param name="writer">Where allowed packets go.</param>
    /// <param name="framing">How packets follow each other on both sides; a packet has 69,632 octets at most.</param>
    /// <param name="cancellationToken">Ends the call between two bursts or while it waits.</param>
    /// <exception cref="ArgumentException">The framing is <see cref="PacketFraming.RawIp"/>, but the NIC's link type is not.</exception>
    /// <exception cref="InvalidOperationException">The firewall was made for caller timestamps.</exception>
    /// <exception cref="InvalidDataException">A packet is cut short, too long, or cannot be told from the next; all packets before it were delivered.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, by the token or by a pipe's own cancellation.</exception>
    public ValueTask<PacketStreamResult> FilterAsync(
        Direction direction, PipeReader reader, PipeWriter writer, PacketFraming framing, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(writer);
        Check(direction);
        Check(framing);
        // Asks for the time only to throw here rather than at the first packet.
        _ = _firewall.Clock.Now();
        return new PacketPump(this, direction, reader, writer, framing, cancellationToken).RunAsync();
    }

    private void Check(PacketFraming framing)
    {
        if (framing is not (PacketFraming.LengthPrefixed or PacketFraming.RawIp))
        {
            throw new ArgumentOutOfRangeException(nameof(framing), framing, "Packets are LengthPrefixed or RawIp.");
        }

        if (framing == PacketFraming.RawIp && _firewall.Ruleset.Nics[_slot] is { } nic && nic.LinkType != LinkType.RawIp)
        {
            throw new ArgumentException($"Packets back to back need {nameof(LinkType)}.{nameof(LinkType.RawIp)}; this NIC has {nic.LinkType}.", nameof(framing));
        }
    }
}
