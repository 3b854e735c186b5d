using System.Net;
using SecurityGroups;

SecurityGroup web = SecurityGroup.CreateDefault("web")
    .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, 443, Remote.Any))
    .WithRule(SecurityGroupRule.Ingress(IpProtocol.Tcp, 22, Remote.Network("198.51.100.0/24")));
Nic eth0 = new("eth0") { Addresses = [IPAddress.Parse("10.0.0.5")], SecurityGroups = ["web"] };

using Firewall firewall = new(Policy.Create([web], [eth0]), new FirewallOptions { LinkType = LinkType.RawIp });
NicFilter nic = firewall["eth0"];

// A TCP SYN from 203.0.113.7 to port 443 of eth0, the answer to it, and another SYN to port 80.
byte[] syn = Convert.FromHexString("4500002800000000400634C4CB0071070A000005138801BB00000001000000005002FFFF54920000");
byte[] reply = Convert.FromHexString("4500002800000000400634C40A000005CB00710701BB138800000064000000025012FFFF541D0000");
byte[] other = Convert.FromHexString("4500002800000000400634C4CB0071070A0000051389005000000001000000005002FFFF55FC0000");

Console.WriteLine(nic.Filter(Direction.Ingress, syn));
Console.WriteLine(nic.Filter(Direction.Egress, reply));
Console.WriteLine(nic.Filter(Direction.Ingress, other));
