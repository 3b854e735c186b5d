namespace SecurityGroups.Tracking;

/// <summary>The addresses of an IPv6 connection.</summary>
internal struct AddressPair
{
    public UInt128 Local;
    public UInt128 Remote;
}
