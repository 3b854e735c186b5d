using System.Net;
using System.Net.Sockets;
using SecurityGroups.Linux.Tests.Support;

namespace SecurityGroups.Linux.Tests.Conversations;

/// <summary>Two kernels, and the library with its networks between them:</summary>
/// <remarks>
/// <code>
/// instance  = TUN =  [network]  library  [network]  = TUN =  outside
///                                                   = TUN =  router = veth, smaller MTU = outside
/// </code>
/// The egress lane carries packets to the right, the ingress lane to the left.
/// </remarks>
internal sealed class Crossing : IDisposable
{
    private const string NicId = "instance";
    private const int TransmitQueuePackets = 2000;

    private readonly Stack<IDisposable> _owned = new();
    private readonly List<Lane> _lanes = [];
    private readonly List<ImpairedLink> _links = [];
    private readonly Scenario _scenario;
    private readonly CrossingAddresses _addresses;

    public Crossing(Scenario scenario)
    {
        _scenario = scenario;
        _addresses = CrossingAddresses.Of(scenario.Family);
        Instance = new Host(Namespace(), _addresses.Instance);
        Outside = new Host(Namespace(), _addresses.Outside);
        TunDevice inner = Attach(Instance.Space, _addresses.Instance);
        TunDevice outer = scenario.HasNarrowRouter ? AttachRouter() : Attach(Outside.Space, _addresses.Outside);
        Firewall firewall = Own(new Firewall(MakePolicy(), new FirewallOptions { LinkType = LinkType.RawIp, CallerTimestamps = scenario.Asking == Asking.CallerTimestamps }));
        Nic = firewall[NicId];
        Connect(inner, outer, Judges.Create(scenario.Asking, Nic));
    }

    public Host Instance { get; }

    public Host Outside { get; }

    public NicFilter Nic { get; }

    public Trace Trace { get; } = new();

    public Host Initiator => _scenario.InstanceInitiates ? Instance : Outside;

    public Host Responder => _scenario.InstanceInitiates ? Outside : Instance;

    /// <summary>Ends both lanes; their figures are then complete.</summary>
    public void Stop()
    {
        _lanes.ForEach(lane => lane.Stop());
        _lanes.Clear();
        Trace.Figures.Add($"network {_scenario.Impairment} lost", _links.Sum(link => link.Lost));
        Trace.Figures.Add($"network {_scenario.Impairment} duplicated", _links.Sum(link => link.Duplicated));
        _links.Clear();
    }

    public void Dispose()
    {
        _lanes.ForEach(lane => lane.Stop());
        while (_owned.TryPop(out IDisposable? owned))
        {
            owned.Dispose();
        }
    }

    private Policy MakePolicy()
    {
        SecurityGroup group = SecurityGroup.CreateEmpty("talks");
        group = _scenario.InstanceInitiates ? WithInitiatorRules(group) : WithResponderRules(group);
        return Policy.Create([group], [new Nic(NicId) { Addresses = [_addresses.Instance], SecurityGroups = ["talks"] }]);
    }

    // The one ingress rule is for simultaneous opens, of which either SYN may come first.
    private SecurityGroup WithInitiatorRules(SecurityGroup group) => group
        .WithRule(SecurityGroupRule.Egress(IpProtocol.Any, Remote.Any))
        .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, Services.SimultaneousOpen, OutsideOnly));

    private SecurityGroup WithResponderRules(SecurityGroup group) => group
        .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, new PortRange(Services.First, Services.Last), OutsideOnly))
        .WithRule(SecurityGroupRule.Ingress(IpProtocol.Udp, new PortRange(Services.First, Services.Last), OutsideOnly))
        .WithRule(SecurityGroupRule.Ingress(_addresses.IcmpProtocol, new IcmpMatch(_addresses.EchoRequest), OutsideOnly));

    private Remote OutsideOnly => Remote.Address(_addresses.Outside);

    private NetworkNamespace Namespace()
    {
        NetworkNamespace space = Own(NetworkNamespace.Create());
        space.Set([
            "net.ipv4.tcp_fastopen=3", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0", "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0", "net.ipv6.conf.default.accept_dad=0", .. _scenario.Stack.Settings,
        ]);
        return space;
    }

    private TunDevice Attach(NetworkNamespace space, IPAddress address)
    {
        TunDevice device = Own(TunDevice.Open(space, "tun0", isEthernet: false));
        space.Run("ip", "link", "set", device.Name, "txqueuelen", $"{TransmitQueuePackets}");
        AddAddress(space, address, device.Name);
        AddDefaultRoute(space, "dev", device.Name);
        return device;
    }

    private TunDevice AttachRouter()
    {
        NetworkNamespace router = Namespace();
        router.Set("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        TunDevice device = Attach(router, _addresses.RouterInner);
        router.Run("ip", "link", "add", "far", "type", "veth", "peer", "name", "near", "netns", Outside.Space.Name);
        AddAddress(router, _addresses.RouterOuter, "far");
        AddAddress(Outside.Space, _addresses.Outside, "near");
        router.Run("ip", "link", "set", "far", "up");
        Outside.Space.Run("ip", "link", "set", "near", "up");
        // Narrow for what is forwarded to the outside alone: the outside itself does not know, so its MSS tells nobody.
        router.Run("ip", "route", "add", $"{_addresses.Outside}", "dev", "far", "mtu", "lock", $"{_addresses.NarrowMtu}");
        Outside.Space.Run("ip", "route", "add", $"{_addresses.RouterOuter}", "dev", "near");
        AddDefaultRoute(Outside.Space, "via", $"{_addresses.RouterOuter}");
        return device;
    }

    private void AddAddress(NetworkNamespace space, IPAddress address, string device) =>
        space.Run([
            "ip", "addr", "add", $"{address}/{address.GetAddressBytes().Length * 8}", "dev", device,
            .. _scenario.Family == AddressFamily.InterNetworkV6 ? ["nodad"] : Array.Empty<string>(),
        ]);

    private void AddDefaultRoute(NetworkNamespace space, params string[] target) =>
        space.Run(["ip", _scenario.Family == AddressFamily.InterNetworkV6 ? "-6" : "-4", "route", "add", "default", .. target]);

    private void Connect(TunDevice inner, TunDevice outer, IJudge judge)
    {
        Intruder intruder = new(_scenario.Seed, _scenario.IntruderRate, _addresses.Instance, isPortOpen: !_scenario.InstanceInitiates);
        _lanes.AddRange([Lay(Direction.Egress, inner, outer, judge, intruder), Lay(Direction.Ingress, outer, inner, judge, intruder)]);
        _lanes.ForEach(lane => lane.Start());
    }

    private Lane Lay(Direction direction, TunDevice source, TunDevice destination, IJudge judge, Intruder intruder)
    {
        ImpairedLink instanceSide = Link(_scenario.Placement != Placement.NextToInstance, (int)direction);
        ImpairedLink outsideSide = Link(_scenario.Placement != Placement.NextToOutside, 2 + (int)direction);
        return new Lane
        {
            Direction = direction,
            Source = source,
            Destination = destination,
            Before = direction == Direction.Egress ? instanceSide : outsideSide,
            After = direction == Direction.Egress ? outsideSide : instanceSide,
            Judge = judge,
            Trace = Trace,
            Intruder = intruder,
        };
    }

    private ImpairedLink Link(bool isImpaired, int number)
    {
        ImpairedLink link = new(isImpaired ? _scenario.Impairment : Impairment.None, (_scenario.Seed * 31) + number);
        _links.Add(link);
        return link;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
