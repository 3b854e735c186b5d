using SecurityGroups.Packets;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class TcpStatesTests
{
    [Fact]
    public void KindOf_AnyFlags_IsByResetSynFinAck()
    {
        for (int bits = 0; bits < 256; bits++)
        {
            TcpFlags flags = (TcpFlags)bits;
            Assert.Equal(Expected(flags), TcpStates.KindOf(flags));
        }
    }

    [Fact]
    public void Next_OfNoKindOrNoTcpState_IsInvalid()
    {
        Assert.Equal(TcpStates.Invalid, TcpStates.Next(true, TcpSegmentKind.None, ConnectionClass.Established));
        Assert.Equal(TcpStates.Invalid, TcpStates.Next(false, TcpSegmentKind.None, ConnectionClass.SynSent));
        foreach (ConnectionClass kind in Enum.GetValues<ConnectionClass>().Where(kind => kind > ConnectionClass.SynReceived2))
        {
            Assert.Equal(TcpStates.Invalid, TcpStates.Next(true, TcpSegmentKind.Ack, kind));
            Assert.Equal(TcpStates.Invalid, TcpStates.Next(false, TcpSegmentKind.Rst, kind));
        }
    }

    [Fact]
    public void Next_FromTheInitiatorAndFromTheResponder_AreTablesOfTheirOwn()
    {
        Assert.Equal(ConnectionClass.SynSent, TcpStates.Next(true, TcpSegmentKind.Syn, ConnectionClass.SynSent));
        Assert.Equal(ConnectionClass.SynSent2, TcpStates.Next(false, TcpSegmentKind.Syn, ConnectionClass.SynSent));
        Assert.Equal(TcpStates.Ignore, TcpStates.Next(true, TcpSegmentKind.Syn, ConnectionClass.Established));
        Assert.Equal(TcpStates.Invalid, TcpStates.Next(false, TcpSegmentKind.Syn, ConnectionClass.Established));
        Assert.Equal(ConnectionClass.Established, TcpStates.Next(true, TcpSegmentKind.Ack, ConnectionClass.SynReceived2));
        Assert.Equal(ConnectionClass.Close, TcpStates.Next(false, TcpSegmentKind.Rst, ConnectionClass.SynReceived2));
    }

    private static TcpSegmentKind Expected(TcpFlags flags)
    {
        bool acknowledges = flags.HasFlag(TcpFlags.Ack);
        return flags.HasFlag(TcpFlags.Rst) ? TcpSegmentKind.Rst
            : flags.HasFlag(TcpFlags.Syn) ? acknowledges ? TcpSegmentKind.SynAck : TcpSegmentKind.Syn
            : flags.HasFlag(TcpFlags.Fin) ? TcpSegmentKind.Fin
            : acknowledges ? TcpSegmentKind.Ack : TcpSegmentKind.None;
    }
}
