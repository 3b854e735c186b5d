using System.Globalization;
using System.Runtime.Intrinsics;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Match;

/// <summary>That the switches of <c>tests/portable.sh</c> do what it says, without which its runs would try the same code again.</summary>
public sealed class VectorWidthTests
{
    private const int WidestThereIs = 512;

    /// <summary>In bits; none and no AES either with 0. What is not said is not limited.</summary>
    private static int StatedLimit =>
        int.Parse(Environment.GetEnvironmentVariable("SECURITYGROUPS_WIDEST_VECTOR") ?? $"{WidestThereIs}", CultureInfo.InvariantCulture);

    private static int Widest =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    [Fact]
    public void Vectors_AreNoWiderThanTheStatedLimit() => Assert.InRange(Widest, 0, StatedLimit);

    [Fact]
    public void Aes_WhereNothingIsLeft_IsOff() => Assert.False(FlowHash.IsAesSupported && StatedLimit == 0);
}
