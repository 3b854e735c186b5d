using System.Buffers.Binary;
using SecurityGroups.Saving;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Support;

/// <summary>Streams of saved connections as octets, for tests that damage and forge them: written anew from the description of the format.</summary>
internal static class SavedStreams
{
    public const int HeaderOctets = 24;

    public static byte[] Save(Firewall firewall)
    {
        using MemoryStream stream = new();
        firewall.SaveConnections(stream);
        return stream.ToArray();
    }

    /// <summary>
    /// What is saved of each connection, sorted: in a stream they come as they lie in the table, which depends on the processors that threads ran on.
    /// </summary>
    public static List<string> Records(Firewall firewall)
    {
        List<string> records = [];
        for (uint index = 0; index < firewall.Tracker.Table.Used; index++)
        {
            if (firewall.Tracker.TryCopy(index, firewall.Clock.NowOrLatest(), out ConnectionImage image))
            {
                byte[] octets = new byte[ConnectionRecord.MaxOctets];
                OctetWriter writer = new(octets);
                ConnectionRecord.Write(ref writer, image, image.Key.Zone);
                records.Add(Convert.ToHexString(octets, 0, writer.Written));
            }
        }

        records.Sort(StringComparer.Ordinal);
        return records;
    }

    public static RestoreResult Restore(Firewall firewall, byte[] octets)
    {
        using MemoryStream stream = new(octets);
        return firewall.RestoreConnections(stream);
    }

    /// <summary>Where each section begins, and where the octets end; as far as lengths lead.</summary>
    public static List<int> Sections(ReadOnlySpan<byte> octets)
    {
        List<int> starts = [];
        int at = HeaderOctets;
        while (at + 8 <= octets.Length && BinaryPrimitives.ReadUInt32LittleEndian(octets[(at + 4)..]) <= octets.Length - at - 12)
        {
            starts.Add(at);
            at += 12 + (int)BinaryPrimitives.ReadUInt32LittleEndian(octets[(at + 4)..]);
        }

        starts.Add(at);
        return starts;
    }

    /// <summary>A copy whose checksums are right, whatever it says.</summary>
    public static byte[] WithChecksums(byte[] octets)
    {
        byte[] copy = [.. octets];
        uint crc = uint.MaxValue;
        int from = 0;
        foreach (int end in Sections(octets))
        {
            if (end <= copy.Length)
            {
                crc = Update(crc, copy.AsSpan(from, end - 4 - from));
                BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(end - 4), ~crc);
                from = end;
            }
        }

        return copy;
    }

    /// <summary>CRC-32C bit by bit.</summary>
    private static uint Update(uint crc, ReadOnlySpan<byte> octets)
    {
        foreach (byte octet in octets)
        {
            crc ^= octet;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
            }
        }

        return crc;
    }
}
