using System.Net;

namespace SecurityGroups.Benchmarks.Data;

/// <summary>What rules look at: remote address, protocol and destination port.</summary>
internal readonly record struct Header(IPAddress Remote, byte Protocol, ushort Port);
