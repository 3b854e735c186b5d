using SecurityGroups.Packets;

namespace SecurityGroups.Cli.Output;

/// <summary>Denied packets of one NIC that have all this in common; the source port is left out, so that a scan shows as few lines.</summary>
internal readonly record struct DeniedFlow(
    string Nic, Direction Direction, string Reason, PacketKind Kind, byte Protocol, UInt128 Source, UInt128 Destination, int Port);
