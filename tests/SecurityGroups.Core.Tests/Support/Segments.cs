using System.Buffers;

namespace SecurityGroups.Tests.Support;

/// <summary>Byte sequences of several segments, as pipes hand them out.</summary>
internal static class Segments
{
    /// <summary>The octets, cut after the given numbers of octets in turn, over and over.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> octets, params int[] lengths)
    {
        Segment first = new(default, 0);
        Segment last = first;
        for (int i = 0; !octets.IsEmpty; i++)
        {
            int length = Math.Clamp(lengths[i % lengths.Length], 1, octets.Length);
            last = last.Append(octets[..length]);
            octets = octets[length..];
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
