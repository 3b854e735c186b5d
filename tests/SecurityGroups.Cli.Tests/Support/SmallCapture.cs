using SecurityGroups.Packets;

namespace SecurityGroups.Tests.Support;

/// <summary>Small captures and the policies they are judged by: a front end W (10.0.0.10), a database D (10.0.0.20) and somebody outside, X.</summary>
internal static class SmallCapture
{
    public const uint Second = 1_767_225_600;

    public const string W = "10.0.0.10";
    public const string D = "10.0.0.20";
    public const string X = "203.0.113.7";

    /// <summary>W lets port 443 in and nothing out; D lets port 3306 in from W's group.</summary>
    public const string Policy =
        """
        { "securityGroups": [
            { "id": "web", "rules": [
              { "id": "r1", "direction": "ingress", "protocol": "tcp", "portRange": { "min": 443, "max": 443 } },
              { "id": "sql", "direction": "egress", "protocol": "tcp", "portRange": { "min": 3306, "max": 3307 }, "remoteSecurityGroupId": "db" } ] },
            { "id": "db", "rules": [ { "id": "sql", "direction": "ingress", "protocol": "tcp", "portRange": { "min": 3306, "max": 3306 }, "remoteSecurityGroupId": "web" } ] } ],
          "nics": [
            { "id": "web-1", "ipv4": "10.0.0.10", "securityGroups": ["web"] },
            { "id": "db-1", "ipv4": "10.0.0.20", "securityGroups": ["db"] } ] }
        """;

    /// <summary>As <see cref="Policy"/> without W's rule for port 443.</summary>
    public const string WithoutRule =
        """
        { "securityGroups": [
            { "id": "web", "rules": [ { "id": "sql", "direction": "egress", "protocol": "tcp", "portRange": { "min": 3306, "max": 3307 }, "remoteSecurityGroupId": "db" } ] },
            { "id": "db", "rules": [ { "id": "sql", "direction": "ingress", "protocol": "tcp", "portRange": { "min": 3306, "max": 3306 }, "remoteSecurityGroupId": "web" } ] } ],
          "nics": [
            { "id": "web-1", "ipv4": "10.0.0.10", "securityGroups": ["web"] },
            { "id": "db-1", "ipv4": "10.0.0.20", "securityGroups": ["db"] } ] }
        """;

    public static byte[] Tcp(string source, int sourcePort, string destination, int destinationPort, TcpFlags flags, uint sequence = 0, uint acknowledgment = 0) =>
        PacketBuilder.Ip(source, destination).Tcp(sourcePort, destinationPort, flags, sequence, acknowledgment);

    /// <summary>X opens a connection to W's port 443; three packets.</summary>
    public static byte[][] Handshake => HandshakeFrom(5000);

    /// <summary>As <see cref="Handshake"/>, from another port of X.</summary>
    public static byte[][] HandshakeFrom(int port) =>
    [
        Tcp(X, port, W, 443, TcpFlags.Syn, 100),
        Tcp(W, 443, X, port, TcpFlags.Syn | TcpFlags.Ack, 900, 101),
        Tcp(X, port, W, 443, TcpFlags.Ack, 101, 901),
    ];

    /// <summary>A pcap file of raw IP packets, one a second.</summary>
    public static byte[] RawIp(params byte[][] packets)
    {
        CaptureBuilder capture = new CaptureBuilder().PcapHeader(101);
        for (int i = 0; i < packets.Length; i++)
        {
            capture.PcapPacket(Second + (uint)i, 0, packets[i]);
        }

        return capture.ToArray();
    }
}
