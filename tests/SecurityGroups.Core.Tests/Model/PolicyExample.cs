namespace SecurityGroups.Tests.Model;

/// <summary>The policy of the specification's section on text forms, verbatim.</summary>
internal static class PolicyExample
{
    public const string Json = """
        {
          "securityGroups": [
            { "id": "app", "name": "app", "rules": [ { "direction": "egress" } ] },
            { "id": "web", "name": "web", "stateful": true, "description": "front ends", "labels": {},
              "rules": [
                { "id": "r1", "direction": "ingress", "ethertype": "IPv4", "protocol": { "name": "tcp" }, "portRange": { "min": 443, "max": 443 },
                  "ipRange": "0.0.0.0/0" },
                { "direction": "ingress", "protocol": "tcp", "portRange": { "min": 5432, "max": 5432 }, "remoteSecurityGroupId": "app" },
                { "direction": "ingress", "protocol": 1, "icmpParameters": { "type": 8, "code": 0 } },
                { "direction": "egress" } ] } ],
          "addressGroups": [ { "id": "office", "addresses": ["203.0.113.0/24", "2001:db8::/32"] } ],
          "nics": [
            { "id": "web-1", "name": "web-1", "ipv4": "10.0.0.10", "ipv6": "2001:db8::10", "mac": "fa:16:3e:00:00:10", "nicSecurity": true,
              "allowedAddresses": ["10.0.9.0/24"], "securityGroups": ["web"] } ]
        }
        """;
}
