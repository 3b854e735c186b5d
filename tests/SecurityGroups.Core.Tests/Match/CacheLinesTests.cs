using System.Runtime.CompilerServices;
using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class CacheLinesTests
{
    [Fact]
    public unsafe void Items_BeginOnACacheLine_AndAreThoseGiven()
    {
        List<object> kept = [];
        for (int count = 0; count < 40; count++)
        {
            NarrowNode[] items = new NarrowNode[count];
            for (int i = 0; i < count; i++)
            {
                items[i][i % 16] = i + 1;
            }

            kept.Add(new byte[count]);
            CacheLines<NarrowNode> lines = new(items);
            Assert.Equal(0, (nint)Unsafe.AsPointer(ref lines[0]) % 64);
            GC.Collect(0);
            Assert.Equal(0, (nint)Unsafe.AsPointer(ref lines[0]) % 64);
            for (int i = 0; i < count; i++)
            {
                Assert.True(((ReadOnlySpan<int>)items[i]).SequenceEqual(lines[i]));
            }

            Assert.Equal((count * 64) + 64, lines.Octets);
        }
    }
}
