using System.Net;
using SecurityGroups.Match;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>What rules look at: remote address, protocol and destination port.</summary>
internal readonly record struct Header(IPAddress Remote, byte Protocol, ushort Port)
{
    /// <summary>What the compiled rules are asked.</summary>
    public MatchKey ToMatchKey() => new(Direction.Ingress, AddressBits.EthertypeOf(Remote), AddressBits.From(Remote), Protocol, Port);
}
