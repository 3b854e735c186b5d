using System.Buffers.Binary;

namespace SecurityGroups.Tests.Support;

/// <summary>The chain of IPv6 extension headers of one packet or of one quoted packet.</summary>
internal sealed class ReferenceExtensionHeaders
{
    private const int MostHeaders = 8;
    private const int MostOctets = 256;

    public byte Protocol { get; private set; }

    public int Count { get; private set; }

    /// <summary>Where the transport header begins.</summary>
    public int End { get; private set; }

    public bool RouterAlert { get; private set; }

    public bool HasFragmentHeader { get; private set; }

    /// <summary>Where the data of a fragment begin.</summary>
    public int FragmentStart { get; private set; }

    public uint Identification { get; private set; }

    public byte StatedProtocol { get; private set; }

    public int FragmentOffset { get; private set; }

    public bool MoreFragments { get; private set; }

    /// <summary>Walks what lies between start and end; the packet says that it ends at the stated end, which a quote may lie before.</summary>
    public static ReferenceExtensionHeaders Walk(byte[] octets, int start, int end, int statedEnd, byte next, bool isQuote, bool mayRoute)
    {
        ReferenceExtensionHeaders chain = new() { Protocol = next, End = start };
        while (chain.Protocol is 0 or 43 or 44 or 51 or 60 or 135 or 139 or 140 && chain.FragmentOffset == 0)
        {
            chain.Step(octets, start, end, statedEnd, isQuote, mayRoute);
        }

        return chain;
    }

    private void Step(byte[] octets, int start, int end, int statedEnd, bool isQuote, bool mayRoute)
    {
        // A first fragment that ends inside the chain hides its transport header (RFC 7112).
        Reason cut = MoreFragments ? Reason.TinyFragment : Reason.Malformed;
        ReferenceFault.When(Count == MostHeaders, Reason.ExtensionHeaderLimit);
        ReferenceFault.When(End + 8 > end, cut);
        int length = Protocol switch
        {
            44 => 8,
            51 => (octets[End + 1] + 2) * 4,
            _ => (octets[End + 1] + 1) * 8,
        };
        ReferenceFault.When(End + length > end, cut);
        ReferenceFault.When((Protocol == 0 && Count > 0) || (Protocol == 44 && HasFragmentHeader), Reason.BadExtensionHeader);
        ReferenceFault.When(End + length - start > MostOctets, Reason.ExtensionHeaderLimit);
        ReadHeader(octets, length, End - start, statedEnd - End - length, isQuote, mayRoute);
        Protocol = octets[End];
        End += length;
        Count++;
    }

    private void ReadHeader(byte[] octets, int length, int octetsBefore, int octetsBehind, bool isQuote, bool mayRoute)
    {
        switch (Protocol)
        {
            case 0 or 60:
                ReadOptions(octets.AsSpan(End + 2, length - 2));
                break;
            case 43:
                bool leadsOn = octets[End + 2] is 3 or 4 && octets[End + 3] != 0;
                ReferenceFault.When(octets[End + 2] == 0 || (leadsOn && !mayRoute), Reason.BadExtensionHeader);
                break;
            case 44:
                int field = BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(End + 2));
                HasFragmentHeader = true;
                FragmentStart = End + 8;
                StatedProtocol = octets[End];
                Identification = BinaryPrimitives.ReadUInt32BigEndian(octets.AsSpan(End + 4));
                FragmentOffset = field & 0xFFF8;
                MoreFragments = (field & 1) != 0;
                if (!isQuote || FragmentOffset == 0)
                {
                    ReferencePacket.CheckFragment(FragmentOffset, MoreFragments, octetsBefore, octetsBehind);
                }

                break;
            case 51:
                // In IPv6 it is padded to whole units of eight (RFC 4302).
                ReferenceFault.When(length < 12 || length % 8 != 0, Reason.Malformed);
                break;
        }
    }

    private void ReadOptions(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0)
        {
            int octets = options[0] == 0 ? 1 : options.Length > 1 ? options[1] + 2 : int.MaxValue;
            ReferenceFault.When(octets > options.Length, Reason.Malformed);
            ReferenceFault.When(Protocol == 0 && options[0] == 0xC2, Reason.Malformed);
            RouterAlert |= Protocol == 0 && options[0] == 5;
            options = options[octets..];
        }
    }
}
