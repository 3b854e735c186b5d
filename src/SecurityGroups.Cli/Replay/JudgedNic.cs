using System.Buffers.Binary;

namespace SecurityGroups.Cli.Replay;

/// <summary>A NIC of the policy in force with the filter that judges for it.</summary>
internal sealed class JudgedNic(Nic nic, NicFilter filter)
{
    private const int MacOctets = 6;

    public string Id => nic.Id;

    public Nic Nic => nic;

    public NicFilter Filter => filter;

    /// <summary>Hardware address in the low 48 bits; 0 = the policy names none.</summary>
    public ulong Mac { get; } = MacOf(nic);

    /// <summary>Whether the firewall judges the NIC's packets without a look at its addresses.</summary>
    public bool IgnoresAddresses => !nic.NicSecurity || !nic.AddressChecks;

    private static ulong MacOf(Nic nic)
    {
        if (nic.Mac?.GetAddressBytes() is not { Length: MacOctets } octets)
        {
            return 0;
        }

        return ((ulong)BinaryPrimitives.ReadUInt16BigEndian(octets) << 32) | BinaryPrimitives.ReadUInt32BigEndian(octets.AsSpan(2));
    }
}
