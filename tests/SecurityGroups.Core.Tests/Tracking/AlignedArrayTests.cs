using System.Runtime.CompilerServices;
using SecurityGroups.Tracking;

namespace SecurityGroups.Tests.Tracking;

public sealed class AlignedArrayTests
{
    [Fact]
    public unsafe void Elements_BeginOnACacheLine_AndStayThere()
    {
        // Arrays of odd sizes between them, so that chance does not align every one.
        List<object> kept = [];
        for (int length = 1; length < 40; length++)
        {
            kept.Add(new byte[length]);
            AlignedArray<Bucket> array = new(length);
            kept.Add(array);
            nint before = (nint)Unsafe.AsPointer(ref array[0]);
            GC.Collect(0);
            Assert.Equal((0, before), (before % 64, (nint)Unsafe.AsPointer(ref array[0])));
            Assert.Equal((length - 1) * 64, (nint)Unsafe.AsPointer(ref array[(uint)length - 1]) - before);
        }
    }

    [Fact]
    public void Elements_FirstAndLast_AreInTheArrayAndZero()
    {
        AlignedArray<ulong> array = new(9);
        Assert.Equal((9, 0ul, 0ul), (array.Length, array[0], array[8]));
        array[8] = 7;
        array.Prefetch(8);
        Assert.Equal((0ul, 7ul), (array[7], array[8]));
    }

    [Fact]
    public void Length_BeyondTheLargestArray_IsRefused() => Assert.Throws<OverflowException>(() => new AlignedArray<Bucket>(1 << 26));
}
