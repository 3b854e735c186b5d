using System.Net;
using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>The addresses of a <see cref="Crossing"/> in one family.</summary>
internal sealed record CrossingAddresses(
    IPAddress Instance, IPAddress RouterInner, IPAddress RouterOuter, IPAddress Outside, int NarrowMtu, IpProtocol IcmpProtocol, byte EchoRequest)
{
    private static readonly CrossingAddresses s_v4 = new(
        IPAddress.Parse("10.77.0.5"), IPAddress.Parse("10.77.0.1"), IPAddress.Parse("10.78.0.1"), IPAddress.Parse("10.78.0.7"), 1000, IpProtocol.Icmp, 8);

    private static readonly CrossingAddresses s_v6 = new(
        IPAddress.Parse("fd77::5"), IPAddress.Parse("fd77::1"), IPAddress.Parse("fd78::1"), IPAddress.Parse("fd78::7"), 1300, IpProtocol.IcmpV6, 128);

    public static CrossingAddresses Of(AddressFamily family) => family == AddressFamily.InterNetwork ? s_v4 : s_v6;
}
