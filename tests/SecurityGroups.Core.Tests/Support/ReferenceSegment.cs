using System.Buffers.Binary;

namespace SecurityGroups.Tests.Support;

/// <summary>A TCP segment, as the reference model reads it.</summary>
internal sealed class ReferenceSegment
{
    private ReferenceSegment()
    {
    }

    public bool Fin { get; private init; }

    public bool Syn { get; private init; }

    public bool Rst { get; private init; }

    public bool Ack { get; private init; }

    public bool Urg { get; private init; }

    public uint Sequence { get; private init; }

    public uint Acknowledgment { get; private init; }

    public ushort Window { get; private init; }

    public int PayloadOctets { get; private init; }

    public int? WindowScale { get; private set; }

    public bool SackPermitted { get; private set; }

    /// <summary>Right edges of the blocks of the first SACK option.</summary>
    public List<uint> SackEdges { get; } = [];

    /// <summary>Sequence number after the last octet; SYN and FIN count.</summary>
    public uint End => Sequence + (uint)PayloadOctets + (Syn ? 1u : 0) + (Fin ? 1u : 0);

    /// <summary>The combinations a stack sends; PSH, ECE, CWR and the reserved bits are ignored.</summary>
    public bool HasGoodFlags => (Syn, Fin, Rst, Ack, Urg) switch
    {
        (true, false, false, false, _) => true,
        (true, false, false, true, false) => true,
        (false, true, false, true, _) => true,
        (false, false, true, _, false) => true,
        (false, false, false, true, _) => true,
        _ => false,
    };

    /// <summary>Whether more of it is in later fragments.</summary>
    public bool IsCut { get; private init; }

    public static ReferenceSegment Read(ReadOnlySpan<byte> octets, int headerOctets, bool isCut)
    {
        int flags = octets[13];
        ReferenceSegment segment = new()
        {
            Fin = (flags & 1) != 0,
            Syn = (flags & 2) != 0,
            Rst = (flags & 4) != 0,
            Ack = (flags & 16) != 0,
            Urg = (flags & 32) != 0,
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(octets[4..]),
            Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(octets[8..]),
            Window = BinaryPrimitives.ReadUInt16BigEndian(octets[14..]),
            PayloadOctets = octets.Length - headerOctets,
            IsCut = isCut,
        };
        segment.ReadOptions(octets[20..headerOctets]);
        return segment;
    }

    private void ReadOptions(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0 && options[0] != 0)
        {
            int octets = options[0] == 1 ? 1 : options.Length > 1 ? options[1] : 0;
            if (octets == 0 || (options[0] != 1 && octets < 2) || octets > options.Length)
            {
                return;
            }

            ReadOption(options[..octets]);
            options = options[octets..];
        }
    }

    private void ReadOption(ReadOnlySpan<byte> option)
    {
        switch (option[0], option.Length)
        {
            case (3, 3):
                WindowScale = Math.Min((int)option[2], 14);
                break;
            case (4, 2):
                SackPermitted = true;
                break;
            case (5, >= 10) when (option.Length - 2) % 8 == 0 && SackEdges.Count == 0:
                for (int i = 2; i < option.Length; i += 8)
                {
                    SackEdges.Add(BinaryPrimitives.ReadUInt32BigEndian(option[(i + 4)..]));
                }

                break;
        }
    }
}
