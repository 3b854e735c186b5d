using System.Runtime.InteropServices;

namespace SecurityGroups.Tests.Support;

/// <summary>A page of memory in front of one that cannot be touched: reading one octet behind what lies at its end kills the process.</summary>
internal sealed unsafe partial class GuardedOctets : IDisposable
{
    private const int NoAccess = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly int _pageOctets = Environment.SystemPageSize;
    private readonly byte* _page;

    private GuardedOctets(byte* page) => _page = page;

    /// <summary>Null where the operating system is not Linux.</summary>
    public static GuardedOctets? TryCreate()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        nuint page = (nuint)Environment.SystemPageSize;
        byte* start = MapMemory(null, page * 2, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.True(start != (byte*)-1);
        Assert.Equal(0, ProtectMemory(start + page, page, NoAccess));
        return new GuardedOctets(start);
    }

    /// <summary>Copies octets to where the accessible page ends.</summary>
    public ReadOnlySpan<byte> Place(ReadOnlySpan<byte> octets)
    {
        Span<byte> target = new(_page + _pageOctets - octets.Length, octets.Length);
        octets.CopyTo(target);
        return target;
    }

    public void Dispose() => _ = UnmapMemory(_page, (nuint)_pageOctets * 2);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* MapMemory(byte* address, nuint octets, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int ProtectMemory(byte* address, nuint octets, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(byte* address, nuint octets);
}
