using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Cli.Replay;
using SecurityGroups.Tests.Support;

namespace SecurityGroups.Linux.Tests.Kernel;

/// <summary>
/// The packets of a real capture as one story. The protected side are the addresses that send first; what neither comes from them nor goes to
/// them, and what a router cannot be asked about, is left out.
/// </summary>
internal sealed class CaptureStories
{
    private const byte Hops = 64;
    private static readonly ushort[] s_tags = [0x8100, 0x88A8, 0x9100];

    private readonly HashSet<IPAddress> _inside = [];
    private readonly HashSet<IPAddress> _outside = [];
    private readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);

    private CaptureStories()
    {
    }

    public List<Crossing> Story { get; } = [];

    /// <summary>The addresses of the protected side.</summary>
    public IReadOnlyCollection<IPAddress> Inside => _inside;

    /// <summary>What was left out, and why.</summary>
    public string Skipped => string.Join(", ", _skipped.Select(pair => $"{pair.Value} x {pair.Key}"));

    /// <summary>Folder of the captures, null where there is none.</summary>
    public static string? Folder()
    {
        string folder = Path.Combine(Repository.Root, "..", "shared", "data", "captures");
        return Directory.Exists(folder) ? folder : null;
    }

    public static CaptureStories Read(string path)
    {
        CaptureStories stories = new();
        stories.ReadAsync(path).GetAwaiter().GetResult();
        return stories;
    }

    private async Task ReadAsync(string path)
    {
        CaptureReader reader = new(PipeReader.Create(File.OpenRead(path)), path);
        FrameView view = new(path);
        try
        {
            await foreach (CapturedPacket packet in reader.ReadAsync())
            {
                Take(packet, view);
            }
        }
        catch (CaptureException)
        {
            Skip("what follows a damage of the capture");
        }
    }

    private void Take(in CapturedPacket packet, FrameView view)
    {
        if (packet.OriginalLength > packet.Data.Length)
        {
            Skip("cut by the capture");
        }
        else if (view.Show(packet, out Frame frame) != LinkReading.Frame || Network(frame.Octets) is not { } network)
        {
            Skip("not IP");
        }
        else if (Askable.WhyNot(Repair(network)) is { } why)
        {
            Skip(why);
        }
        else
        {
            Place(network);
        }
    }

    private void Place(byte[] network)
    {
        bool isIPv4 = network[0] >> 4 == 4;
        IPAddress source = new(isIPv4 ? network.AsSpan(12, 4) : network.AsSpan(8, 16));
        IPAddress destination = new(isIPv4 ? network.AsSpan(16, 4) : network.AsSpan(24, 16));
        if (!_inside.Contains(source) && !_inside.Contains(destination))
        {
            // Both unknown: who speaks first is protected, if it is not the other end of somebody else.
            _ = _outside.Contains(source) ? _inside.Add(destination) : _inside.Add(source);
        }

        bool egress = _inside.Contains(source);
        _outside.Add(egress ? destination : source);
        if (_inside.Contains(egress ? destination : source))
        {
            Skip("within the protected side");
            return;
        }

        Story.Add(new Crossing(egress ? Direction.Egress : Direction.Ingress, network));
    }

    // Behind the Ethernet header and its tags.
    private static byte[]? Network(ReadOnlySpan<byte> frame)
    {
        int offset = 12;
        while (frame.Length >= offset + 4 && s_tags.Contains(BinaryPrimitives.ReadUInt16BigEndian(frame[offset..])))
        {
            offset += 4;
        }

        return frame.Length >= offset + 2 && BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]) is 0x0800 or 0x86DD ? frame[(offset + 2)..].ToArray() : null;
    }

    // The sender fixes hops and checksum: what offloading or the way left wrong is not the question.
    private static byte[] Repair(byte[] network)
    {
        if (network.Length >= 20 && network[0] >> 4 == 4)
        {
            int header = Math.Min((network[0] & 15) * 4, network.Length);
            network[8] = Hops;
            network[10] = network[11] = 0;
            uint sum = 0;
            for (int i = 0; i + 1 < header; i += 2)
            {
                sum += BinaryPrimitives.ReadUInt16BigEndian(network.AsSpan(i));
            }

            sum = (sum & 0xFFFF) + (sum >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(network.AsSpan(10), (ushort)~(sum + (sum >> 16)));
        }
        else if (network.Length >= 40)
        {
            network[7] = Hops;
        }

        return network;
    }

    private void Skip(string why) => _skipped[why] = _skipped.GetValueOrDefault(why) + 1;
}
