using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SecurityGroups.Linux.Tests.Support;

/// <summary>The few system calls that .NET does not offer.</summary>
internal static unsafe partial class NativeMethods
{
    /// <summary>CLONE_NEWNET.</summary>
    public const int NetworkNamespaceKind = 0x40000000;

    public const int NonBlocking = 0x800;
    public const int ReadWrite = 2;
    public const int CloseOnExec = 0x80000;

    /// <summary>EAGAIN.</summary>
    public const int TryAgain = 11;

    public const short ReadyToRead = 1;
    public const short ReadyToWrite = 4;

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(SafeFileHandle space, int kind);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nint octets);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nint octets);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>Throws when a call failed.</summary>
    public static int Check(nint result, string call) => result >= 0
        ? (int)result
        : throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Happened;
    }
}
