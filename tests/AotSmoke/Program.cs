// One pass through every part of the library that trimming or native compilation could break: JSON, compile, filter, burst, streams, explain, update.
using System.IO.Pipelines;
using SecurityGroups;

Policy policy = PolicyJson.Read(
    """
    {
      "securityGroups": [
        { "id": "web", "rules": [
          { "id": "https", "direction": "ingress", "protocol": { "name": "tcp" }, "portRange": { "min": 443, "max": 443 } },
          { "id": "peers", "direction": "ingress", "protocol": "udp", "remoteSecurityGroupId": "web" },
          { "id": "office", "direction": "ingress", "protocol": "tcp", "portRange": { "min": 22, "max": 22 }, "remoteAddressGroupId": "office" } ] } ],
      "addressGroups": [ { "id": "office", "addresses": ["198.51.100.0/24"] } ],
      "nics": [ { "id": "eth0", "ipv4": "10.0.0.5", "securityGroups": ["web"] } ]
    }
    """u8.ToArray());
Console.WriteLine($"round trip: {PolicyJson.Read(PolicyJson.Write(policy)).Equals(policy)}");

byte[] syn = Convert.FromHexString("4500002800000000400634C4CB0071070A000005138801BB00000001000000005002FFFF54920000");
byte[] reply = Convert.FromHexString("4500002800000000400634C40A000005CB00710701BB138800000064000000025012FFFF541D0000");
byte[] other = Convert.FromHexString("4500002800000000400634C4CB0071070A0000051389005000000001000000005002FFFF55FC0000");

using Firewall firewall = new(policy, new FirewallOptions { LinkType = LinkType.RawIp });
NicFilter nic = firewall["eth0"];
Console.WriteLine($"new: {nic.Filter(Direction.Ingress, syn)}");
Console.WriteLine($"reply: {nic.Filter(Direction.Egress, reply)}");

Decision[] decisions = new Decision[3];
int allowed = nic.Filter(Direction.Ingress, [syn, other, syn.AsMemory(0, 30)], decisions);
Console.WriteLine($"burst: {allowed} of 3, {string.Join(", ", decisions)}");

Pipe input = new();
Pipe output = new();
await input.Writer.WriteAsync(syn.Concat(other).ToArray());
await input.Writer.CompleteAsync();
Console.WriteLine($"stream: {await nic.FilterAsync(Direction.Ingress, input.Reader, output.Writer, PacketFraming.RawIp)}");

Console.WriteLine($"explained: {nic.Explain(Direction.Ingress, other).Decision}");
Console.WriteLine($"generation: {firewall.Update(now => now.UpdateGroup("web", group => group.WithoutRule("https"))).Generation}");
Console.WriteLine($"revoked: {nic.Filter(Direction.Ingress, syn)}");

bool refused = PolicyJson.TryRead("""{ "nics": [ { "id": "eth0", "ipv4": "010.0.0.5" } ] }"""u8.ToArray(), out _, out PolicyReport report);
Console.WriteLine($"refused: {!refused}, {string.Join(", ", report.Errors.Select(error => $"{error.Path} {error.Code}"))}");
