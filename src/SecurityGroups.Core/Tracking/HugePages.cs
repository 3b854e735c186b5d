using System.Runtime.InteropServices;

namespace SecurityGroups.Tracking;

/// <summary>
/// Asks the system to back memory by huge pages. A lookup in a table larger than the processor's translation buffer reaches pays a page
/// walk besides each cache miss, in a virtual machine a walk of walks; pages of 2 MiB save most of that.
/// </summary>
/// <remarks>
/// Linux leaves the choice to the program where <c>/sys/kernel/mm/transparent_hugepage/enabled</c> says <c>madvise</c>, as most distributions
/// have it (madvise(2)). Advice only: whatever comes back, the memory is the same, so nobody has to know. Elsewhere nothing is done.
/// </remarks>
internal static partial class HugePages
{
    private const nint PageOctets = 2 << 20;
    private const int MadviseHugePage = 14;

    /// <summary>Advises the whole huge pages within a range, before it is touched for the first time.</summary>
    public static void Advise(nint start, nint octets)
    {
        nint first = (start + PageOctets - 1) & -PageOctets;
        nint end = (start + octets) & -PageOctets;
        if (!OperatingSystem.IsLinux() || end <= first)
        {
            return;
        }

        try
        {
            _ = Advise(first, end - first, MadviseHugePage);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // No C library by that name: pages stay as they are.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint address, nint octets, int advice);
}
