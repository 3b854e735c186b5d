namespace SecurityGroups.Tracking;

/// <summary>Order of 32-bit sequence numbers, modulo 2^32 (RFC 9293, 3.4).</summary>
internal static class SequenceNumber
{
    // Half the space apart a number is both before and after: whichever bound is asked, it is outside.
    public static bool IsAfter(uint left, uint right) => IsBefore(right, left);

    public static bool IsBefore(uint left, uint right) => (int)(left - right) < 0;
}
