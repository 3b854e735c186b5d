using SecurityGroups.Tests.Conformance;
using SecurityGroups.Tests.Support;
using static SecurityGroups.Tests.Conformance.Given;

namespace SecurityGroups.Tests.Saving;

/// <summary>The stream itself: both ways of reading and writing it, what is asked of it, and what a hostile one can cost.</summary>
public sealed class ConnectionStreamTests : IDisposable
{
    private const int ManyConnections = 5000;

    private readonly ManualTimeProvider _clock = new(TimeSpan.FromHours(1));
    private readonly List<Firewall> _firewalls = [];

    public void Dispose() => _firewalls.ForEach(firewall => firewall.Dispose());

    [Fact]
    public async Task Async_WritesAndReadsTheSame()
    {
        Firewall firewall = Many();
        using MemoryStream stream = new();
        Assert.Equal(ManyConnections, await firewall.SaveConnectionsAsync(stream));
        Assert.Equal(SavedStreams.Save(firewall), stream.ToArray());
        stream.Position = 0;
        Assert.Equal(ManyConnections, (await Create().RestoreConnectionsAsync(stream)).Restored);
        using MemoryStream ofNic = new();
        Assert.Equal(ManyConnections, await firewall[W].SaveConnectionsAsync(ofNic));
        ofNic.Position = 0;
        Assert.Equal(ManyConnections, (await Create()[W].RestoreConnectionsAsync(ofNic)).Restored);
    }

    [Fact]
    public async Task Cancelled_ChangesNothing()
    {
        byte[] octets = SavedStreams.Save(Many());
        Firewall target = Create();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.RestoreConnectionsAsync(new MemoryStream(octets), null, new CancellationToken(true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.SaveConnectionsAsync(new MemoryStream(), new CancellationToken(true)));
        Assert.Empty(target.GetConnections());
    }

    [Fact]
    public async Task StreamThatGivesOneOctetAtATime_IsReadWhole()
    {
        byte[] octets = SavedStreams.Save(Many());
        Assert.Equal(ManyConnections, Create().RestoreConnections(new Trickle(octets)).Restored);
        Assert.Equal(ManyConnections, (await Create().RestoreConnectionsAsync(new Trickle(octets))).Restored);
    }

    [Fact]
    public void WhatFollows_IsLeftToTheCaller()
    {
        using MemoryStream stream = new();
        Many().SaveConnections(stream);
        long end = stream.Length;
        Many().SaveConnections(stream);
        stream.Position = 0;
        Assert.Equal(ManyConnections, Create().RestoreConnections(stream).Restored);
        Assert.Equal(end, stream.Position);
        Assert.Equal(ManyConnections, Create().RestoreConnections(stream).Restored);
    }

    [Fact]
    public void EmptyTable_MakesAStreamOfNone()
    {
        byte[] octets = SavedStreams.Save(Create());
        Assert.Equal(default, SavedStreams.Restore(Create(), octets));
    }

    [Theory]
    [InlineData("", 0, "more octets")]
    [InlineData("PK\u0003\u0004 and whatever else a zip file begins with", 0, "mark of saved connections")]
    public void ForeignStream_SaysSo(string text, long offset, string expected)
    {
        ConnectionStreamException refused = Assert.Throws<ConnectionStreamException>(() => SavedStreams.Restore(Create(), System.Text.Encoding.ASCII.GetBytes(text)));
        Assert.Equal(offset, refused.Offset);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"octet {offset}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherVersion_IsRefusedAtItsNumber()
    {
        byte[] octets = SavedStreams.Save(Create());
        octets[8] = 2;
        ConnectionStreamException refused = Assert.Throws<ConnectionStreamException>(() => SavedStreams.Restore(Create(), SavedStreams.WithChecksums(octets)));
        Assert.Equal(8, refused.Offset);
        Assert.Contains("version 1", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The last octet of 5,000 connections is wrong: none of them is in the table.</summary>
    [Fact]
    public void DamageAtTheEnd_RestoresNothing()
    {
        byte[] octets = SavedStreams.Save(Many());
        octets[^1] ^= 1;
        Firewall target = Create();
        Assert.Equal(octets.Length - 4, Assert.Throws<ConnectionStreamException>(() => SavedStreams.Restore(target, octets)).Offset);
        Assert.Equal(0, target.GetStatistics().Connections);
    }

    [Fact]
    public void ForgedLength_CostsNothing()
    {
        byte[] octets = SavedStreams.Save(Create());
        octets.AsSpan(SavedStreams.HeaderOctets + 4, 4).Fill(0x7F);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ConnectionStreamException refused = Assert.Throws<ConnectionStreamException>(() => SavedStreams.Restore(_firewalls[0], octets));
        Assert.Equal(SavedStreams.HeaderOctets + 4, refused.Offset);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    /// <summary>However many connections a stream really has, only as many are held as the table could take.</summary>
    [Fact]
    public void MoreConnectionsThanFit_AreNotHeld()
    {
        byte[] octets = SavedStreams.Save(Many());
        Firewall small = Create(With(tracking => tracking with { MaxConnections = 10 }));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(new RestoreResult(10, 0, 0, 0, 0, ManyConnections - 10), SavedStreams.Restore(small, octets));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void NicsOfManySections_KeepTheirNumbers()
    {
        SecurityGroup any = Group("web", EgressAll);
        Policy policy = Policy.Create([any], Enumerable.Range(0, 2000).Select(number =>
            NicAt($"{new string('n', 200)}-{number}", new System.Net.IPAddress([10, 1, (byte)(number >> 8), (byte)number])) with { SecurityGroups = ["web"] }));
        Firewall before = new(policy, Options with { TimeProvider = _clock });
        Firewall after = new(policy, Options with { TimeProvider = _clock });
        _firewalls.AddRange([before, after]);
        foreach (int number in new[] { 0, 1, 999, 1999 })
        {
            before[$"{new string('n', 200)}-{number}"].Filter(Direction.Egress, PacketBuilder.Ip($"10.1.{number >> 8}.{number & 255}", "203.0.113.7").Udp(number + 1, 53));
        }

        Assert.Equal(4, SavedStreams.Restore(after, SavedStreams.Save(before)).Restored);
        Assert.Equal(before.GetConnections().ToHashSet(), after.GetConnections().ToHashSet());
    }

    private Firewall Create(FirewallOptions? options = null)
    {
        Firewall firewall = new(P0, (options ?? With(tracking => tracking with { MaxConnections = 2 * ManyConnections })) with { TimeProvider = _clock });
        _firewalls.Add(firewall);
        return firewall;
    }

    private Firewall Many()
    {
        Firewall firewall = Create();
        for (int i = 0; i < ManyConnections; i++)
        {
            Ends e = i % 2 == 0 ? Ends.IPv4 : Ends.IPv6;
            Assert.True(firewall[W].Filter(Direction.Egress, e.Out.Udp(i + 1, 53)).IsAllowed);
        }

        return firewall;
    }

    private sealed class Trickle(byte[] octets) : MemoryStream(octets)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..1]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..1], cancellationToken);
    }
}
