using SecurityGroups.Cli.Captures;

namespace SecurityGroups.Cli.Replay;

/// <summary>Writes allowed packets into one capture and denied ones into another, where those are wanted. The rest goes into neither.</summary>
internal sealed class CaptureSorter(CaptureWriter? allowed, CaptureWriter? denied) : IDisposable
{
    public void Sort(in CapturedPacket packet, PacketFate fate)
    {
        switch (fate)
        {
            case PacketFate.Allowed:
                allowed?.Write(packet);
                break;
            case PacketFate.Denied:
                denied?.Write(packet);
                break;
            default:
                break;
        }
    }

    public void Dispose()
    {
        allowed?.Dispose();
        denied?.Dispose();
    }
}
