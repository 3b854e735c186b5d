namespace SecurityGroups.Packets;

/// <summary>What the options of a SYN offer (RFC 7323, RFC 2018), in one octet. The default value is no SYN's.</summary>
internal readonly struct SynOffers
{
    private const byte WindowScaleOption = 3;
    private const byte SackPermittedOption = 4;
    private const byte MaximumWindowScale = 14;
    private const int ScaleMask = 15;
    private const int ScaleBit = 1 << 4;
    private const int SackBit = 1 << 5;
    private const int SynBit = 1 << 6;
    private readonly byte _bits;

    private SynOffers(int bits) => _bits = (byte)bits;

    public bool IsSyn => (_bits & SynBit) != 0;

    /// <summary>As <see cref="ParsedPacket.TcpWindowScale"/>; 0 when none is offered.</summary>
    public byte WindowScale => (byte)(_bits & ScaleMask);

    /// <summary><see cref="PacketTraits.WindowScale"/> and <see cref="PacketTraits.SackPermitted"/>.</summary>
    public PacketTraits Traits =>
        ((_bits & ScaleBit) != 0 ? PacketTraits.WindowScale : PacketTraits.None) | ((_bits & SackBit) != 0 ? PacketTraits.SackPermitted : PacketTraits.None);

    /// <summary>Reads the options of a SYN.</summary>
    public static SynOffers Read(ReadOnlySpan<byte> options)
    {
        int bits = SynBit;
        int at = 0;
        while (TcpOptions.TryFind(options, ref at, out int octets))
        {
            if (options[at] == WindowScaleOption && octets == 3)
            {
                bits = (bits & ~ScaleMask) | ScaleBit | Math.Min(options[at + 2], MaximumWindowScale);
            }
            else if (options[at] == SackPermittedOption && octets == 2)
            {
                bits |= SackBit;
            }

            at += octets;
        }

        return new SynOffers(bits);
    }
}
