using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

/// <summary>What pieces make of an entry, beyond what whole packets can bring about.</summary>
public sealed class FragmentTrackingTests
{
    private const byte Udp = 17;
    private const ushort LongHeader = 40;
    private const ushort ShortHeader = 8;

    /// <summary>The longer header of a datagram that came whole protects nothing of the next one under its identification.</summary>
    [Theory]
    [InlineData(true, ShortHeader)]
    [InlineData(false, LongHeader)]
    public void MeetFirst_AfterADeniedDatagram_KeepsItsHeaderUnlessItCameWhole(bool cameWhole, int protectedOctets)
    {
        FragmentEntry entry = default;
        FragmentTracking.Begin(ref entry, First(64, LongHeader));
        if (cameWhole)
        {
            Assert.Equal(Reason.NotEvaluated, FragmentTracking.MeetLater(ref entry, Later(64, 80, isLast: true), isStrict: false));
        }

        entry.State = FragmentState.Denied;
        Assert.Equal(Reason.NotEvaluated, FragmentTracking.MeetFirst(ref entry, First(64, ShortHeader), isStrict: false, now: 1));
        Assert.Equal((protectedOctets, FragmentState.Judging), (entry.HeaderOctets, entry.State));
        Assert.Equal(Reason.NotEvaluated, FragmentTracking.MeetLater(ref entry, Later(LongHeader, 48), isStrict: false));
        Assert.Equal(cameWhole ? Reason.NotEvaluated : Reason.TinyFragment, FragmentTracking.MeetLater(ref entry, Later(32, 40), isStrict: false));
    }

    /// <summary>A held piece may lie over data of the first fragment, not over its header; strictly over neither.</summary>
    [Theory]
    [InlineData(8, false, Reason.NotEvaluated)]
    [InlineData(0, false, Reason.OverlappingFragment)]
    [InlineData(8, true, Reason.OverlappingFragment)]
    [InlineData(64, true, Reason.NotEvaluated)]
    public void MeetFirst_WithAHeldPiece_GoesByWhatIsProtected(int heldAt, bool isStrict, Reason reason)
    {
        FragmentEntry entry = Waiting();
        FragmentTracking.MeetLater(ref entry, Later(heldAt, heldAt + 16), isStrict);
        Assert.Equal(reason, FragmentTracking.MeetFirst(ref entry, First(64, ShortHeader), isStrict, now: 0));
        Assert.Equal(reason == Reason.NotEvaluated ? FragmentState.Judging : FragmentState.Poisoned, entry.State);
    }

    /// <summary>Nine ranges cannot be kept: strictly nothing passes that is not known, otherwise it only is not known when all has come.</summary>
    [Theory]
    [InlineData(true, Reason.FragmentTableFull)]
    [InlineData(false, Reason.NotEvaluated)]
    public void MeetFirst_WithAsManyHeldPiecesAsAreKept_HasNoRoom(bool isStrict, Reason reason)
    {
        FragmentEntry entry = Waiting();
        for (int i = 0; i < FragmentRanges.Most; i++)
        {
            Assert.Equal(Reason.NotEvaluated, FragmentTracking.MeetLater(ref entry, Later(80 + (i * 16), 88 + (i * 16)), isStrict));
        }

        Assert.Equal(reason, FragmentTracking.MeetFirst(ref entry, First(64, ShortHeader), isStrict, now: 0));
        Assert.Equal(isStrict ? FragmentState.Poisoned : FragmentState.Judging, entry.State);
    }

    private static FragmentEntry Waiting() => new() { State = FragmentState.Waiting, Protocol = Udp, WasHeld = true };

    private static FirstFragment First(ushort octets, ushort headerOctets) => new(new FragmentPiece(0, octets, false, Udp), headerOctets, 1);

    private static FragmentPiece Later(int start, int end, bool isLast = false) => new((ushort)start, (ushort)end, isLast, Udp);
}
