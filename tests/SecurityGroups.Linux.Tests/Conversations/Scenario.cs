using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>One setting of the whole stage; together with the stacks' own timing it makes a run.</summary>
/// <param name="Seed">Of the networks, the intruder and the talks.</param>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="InstanceInitiates">True: the instance opens, by egress rules alone. False: it answers, by ingress rules alone.</param>
/// <param name="Placement">Where the impaired network is.</param>
/// <param name="Impairment">What it does.</param>
/// <param name="Stack">How both kernels speak TCP.</param>
/// <param name="Asking">How the library is asked.</param>
internal sealed record Scenario(
    int Seed, AddressFamily Family, bool InstanceInitiates, Placement Placement, Impairment Impairment, TcpStack Stack, Asking Asking)
{
    /// <summary>Whether the outside is behind a router whose far link takes smaller packets.</summary>
    public bool HasNarrowRouter { get; init; }

    /// <summary>Intruding packets for each real one from outside.</summary>
    public double IntruderRate { get; init; } = 0.05;

    /// <summary>The nth of the settings: any five in a row have every network and stack, any six every place and way of asking.</summary>
    public static Scenario Number(int number) => new(
        number,
        number % 2 == 0 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6,
        InstanceInitiates: number / 2 % 2 == 0,
        (Placement)(number % 3),
        Impairment.All[number % Impairment.All.Length],
        TcpStack.All[(number + (number / Impairment.All.Length)) % TcpStack.All.Length],
        (Asking)((number / 2) % 3));

    public override string ToString() =>
        $"{(Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")}, instance {(InstanceInitiates ? "initiates" : "responds")}, {Impairment} network {Placement}"
        + $"{(HasNarrowRouter ? " and a narrow router" : "")}, {Stack} stacks, asked {Asking}, seed {Seed}";
}
