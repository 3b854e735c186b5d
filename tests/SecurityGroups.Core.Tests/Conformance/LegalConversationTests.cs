using FsCheck.Xunit;
using SecurityGroups.Packets;
using SecurityGroups.Tests.Support;
using static SecurityGroups.SecurityGroupRule;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Conformance;

/// <summary>
/// Two TCP peers that keep to the RFC talk over a link that loses, repeats and reorders. No packet of theirs may be denied although the
/// window is enforced, and what a blind attacker throws in must neither count as part of the connection nor end it.
/// </summary>
public sealed class LegalConversationTests
{
    private const int MostSteps = 20_000;
    private const int ReorderDepth = 4;
    private const int LinkSlots = 12;

    [Property(MaxTest = 100)]
    public void Conversation_OverABadLink_IsNeverDenied(int seed)
    {
        Random random = new(seed);
        Ends e = (seed & 1) == 0 ? Ends.IPv4 : Ends.IPv6;
        bool fromW = (seed & 2) == 0;
        ManualTimeProvider clock = new();
        using Firewall firewall = new(fromW ? P0 : Web(Ingress(IpProtocol.Tcp, 40_000, Remote.Any)), Options with { TimeProvider = clock });
        TcpPeer local = new(random, random.Next(40_000), random.Next(-1, 8));
        TcpPeer remote = new(random, random.Next(40_000), random.Next(-1, 8));
        List<TcpPeerSegment> toRemote = [];
        List<TcpPeerSegment> toLocal = [];
        for (int step = 0; !(local.IsDone && remote.IsDone); step++)
        {
            Assert.True(step < MostSteps, $"seed {seed}: the conversation hangs");
            clock.Advance(random.Next(1, 20) / 1000.0);
            switch (random.Next(5))
            {
                case 0 when local.Send(fromW) is { } segment:
                    Assert.True(Filter(Direction.Egress, segment) is { IsAllowed: true }, $"seed {seed}, step {step}: W's {segment} is denied");
                    Put(toRemote, segment);
                    break;
                case 1 when remote.Send(!fromW) is { } segment:
                    Put(toLocal, segment);
                    break;
                case 2 when Take(toRemote) is { } segment:
                    remote.Receive(segment);
                    break;
                case 3 when Take(toLocal) is { } segment:
                    Decision decision = Filter(Direction.Ingress, segment);
                    Assert.True(decision.IsAllowed, $"seed {seed}, step {step}: X's {segment} is denied: {decision}");
                    local.Receive(segment);
                    break;

                // Before the handshake is through a SYN from X is a simultaneous open, which the peers themselves could not tell from an attack.
                case 4 when local.IsSynchronized && remote.IsSynchronized:
                    Attack(step);
                    break;
            }
        }

        Decision Filter(Direction direction, TcpPeerSegment segment) => firewall[W].Filter(direction, Packet(direction, segment));

        PacketBuilder Packet(Direction direction, TcpPeerSegment segment) => (direction == Direction.Egress
            ? e.Out.Tcp(40_000, 443, segment.Flags, segment.Sequence, segment.Acknowledgment, segment.Window, segment.Options)
            : e.In.Tcp(443, 40_000, segment.Flags, segment.Sequence, segment.Acknowledgment, segment.Window, segment.Options)).PayloadOfLength(segment.Octets);

        static void Put(List<TcpPeerSegment> link, TcpPeerSegment segment)
        {
            if (link.Count < LinkSlots)
            {
                link.Add(segment);
            }
        }

        // One of the next few: reordering. Lost one time in ten, left there to come again one time in ten.
        TcpPeerSegment? Take(List<TcpPeerSegment> link)
        {
            if (link.Count == 0)
            {
                return null;
            }

            int index = random.Next(Math.Min(ReorderDepth, link.Count));
            TcpPeerSegment segment = link[index];
            int fate = random.Next(10);
            if (fate != 0)
            {
                link.RemoveAt(index);
            }

            // A first SYN that strays in after the FINs looks like the five-tuple used anew, to Linux too: it gets lost in time.
            bool isStraySyn = segment.Flags == TcpFlags.Syn && local.IsSynchronized && remote.IsSynchronized;
            return fate == 1 || isStraySyn ? null : segment;
        }

        // Off the path: knows the addresses and ports, not the sequence numbers.
        void Attack(int step)
        {
            // A SYN of the initiator in TIME-WAIT opens anew (RFC 1122, 4.2.2.13), so only the responder's is an attack at any time.
            TcpFlags flags = random.Next(3) switch { 0 => TcpFlags.Rst, 1 when fromW => TcpFlags.Syn, _ => TcpFlags.Fin | TcpFlags.Ack };
            uint sequence = (uint)random.NextInt64(1L << 32);
            Decision decision = firewall[W].Filter(Direction.Ingress, e.In.Tcp(443, 40_000, flags, sequence, (uint)random.NextInt64(1L << 32)));
            Assert.True(decision.Reason is not (Reason.Established or Reason.MatchedRule), $"seed {seed}, step {step}: a blind {flags} counts: {decision}");
        }
    }
}
