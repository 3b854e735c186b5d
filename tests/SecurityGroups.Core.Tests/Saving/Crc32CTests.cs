using SecurityGroups.Saving;

namespace SecurityGroups.Tests.Saving;

/// <summary>The check values of RFC 3720, appendix B.4, and of the CRC catalogues, whatever the pieces.</summary>
public class Crc32CTests
{
    [Theory]
    [InlineData("313233343536373839", 0xE3069283)]
    [InlineData("", 0)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AA)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43)]
    public void Value_IsTheStandards(string octets, uint expected)
    {
        byte[] all = Convert.FromHexString(octets);
        for (int cut = 0; cut <= all.Length; cut++)
        {
            Crc32C crc = Crc32C.Create();
            crc.Append(all.AsSpan(0, cut));
            crc.Append(all.AsSpan(cut));
            Assert.Equal(expected, crc.Value);
        }
    }
}
