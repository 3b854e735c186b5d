using System.IO.Pipelines;
using SecurityGroups.Cli.Captures;

namespace SecurityGroups.Tests.Support;

/// <summary>Reads a whole capture, keeping copies of its packets.</summary>
internal static class CaptureReading
{
    public const string Name = "test.pcap";

    /// <summary>Every packet, and the sentence the reader ended with, null when it ended well.</summary>
    public static (List<CapturedPacket> Packets, string? Error) Read(byte[] capture, int bufferOctets = 4096)
    {
        PipeReader pipe = PipeReader.Create(new MemoryStream(capture), new StreamPipeReaderOptions(bufferSize: bufferOctets, minimumReadSize: 1));
        return ReadAsync(new CaptureReader(pipe, Name)).GetAwaiter().GetResult();
    }

    private static async Task<(List<CapturedPacket> Packets, string? Error)> ReadAsync(CaptureReader reader)
    {
        List<CapturedPacket> packets = [];
        try
        {
            await foreach (CapturedPacket packet in reader.ReadAsync())
            {
                packets.Add(packet with { Data = packet.Data.ToArray() });
            }
        }
        catch (CaptureException error)
        {
            return (packets, error.Message);
        }

        return (packets, null);
    }
}
