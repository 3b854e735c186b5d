using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace SecurityGroups.Linux.Tests.Support;

public class NetworkNamespaceTests
{
    [LinuxFact]
    public void Namespace_Entered_HasItsOwnDevices()
    {
        using NetworkNamespace space = NetworkNamespace.Create();
        using TunDevice device = TunDevice.Open(space, "inside", isEthernet: false);

        Assert.Contains("inside", space.Run("ip", "-o", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain("inside", NetworkInterface.GetAllNetworkInterfaces().Select(each => each.Name));
        Assert.Equal("0", space.Enter(() => File.ReadAllText("/proc/sys/net/ipv4/ip_forward")).Trim());
        space.Set("net.ipv4.ip_forward=1");
        Assert.Equal("1", space.Enter(() => File.ReadAllText("/proc/sys/net/ipv4/ip_forward")).Trim());
    }

    [LinuxFact]
    public void Command_ThatFails_SaysWhy()
    {
        using NetworkNamespace space = NetworkNamespace.Create();
        Assert.Contains("nowhere", Assert.Throws<ShellException>(() => space.Run("ip", "link", "set", "nowhere", "up")).Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void TunDevice_SocketInItsNamespace_SendsThroughIt()
    {
        using NetworkNamespace space = NetworkNamespace.Create();
        using TunDevice device = TunDevice.Open(space, "tun0", isEthernet: false);
        space.Run("ip", "addr", "add", "10.9.0.1/24", "dev", "tun0");
        using Socket socket = space.Enter(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        byte[] packet = new byte[2000];

        Assert.Equal(0, device.Read(packet));
        socket.SendTo([1, 2, 3], new IPEndPoint(IPAddress.Parse("10.9.0.2"), 9));
        Assert.True(TunDevice.Wait(5000, device));
        Assert.Equal(20 + 8 + 3, device.Read(packet));
        Assert.Equal([1, 2, 3], packet[28..31]);
    }
}
