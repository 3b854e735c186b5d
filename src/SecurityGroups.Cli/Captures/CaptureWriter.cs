namespace SecurityGroups.Cli.Captures;

/// <summary>
/// Writes packets as they were captured: same octets, link type, length and time (no earlier than 1970). A file whose name ends in <c>.pcapng</c> holds any mix of
/// link types; any other is a nanosecond pcap file and holds one. Numbers are little-endian.
/// </summary>
internal abstract class CaptureWriter(Stream output) : IDisposable
{
    private const string PcapngExtension = ".pcapng";
    private const int BufferOctets = 64 * 1024;

    protected Stream Output => output;

    /// <summary>Opens a file, replacing what it held.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static CaptureWriter Create(string path)
    {
        FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferOctets);
        return Create(file, path);
    }

    /// <summary>A writer into a stream, which it owns; the name decides the format.</summary>
    public static CaptureWriter Create(Stream output, string name) =>
        name.EndsWith(PcapngExtension, StringComparison.OrdinalIgnoreCase) ? new PcapngWriter(output) : new PcapWriter(output, name);

    /// <summary>Appends a packet.</summary>
    /// <exception cref="CaptureException">The format cannot hold the packet's link type beside those before.</exception>
    public abstract void Write(in CapturedPacket packet);

    public void Dispose()
    {
        Finish();
        output.Dispose();
    }

    /// <summary>Writes what a file without packets needs to be a capture at all.</summary>
    protected virtual void Finish()
    {
    }
}
