using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SecurityGroups.Linux.Tests.Support;

/// <summary>
/// The user's end of a TUN (IP packets) or TAP (Ethernet frames) device: what is written here arrives at the kernel's network stack of the
/// namespace, what that sends through the device is read here.
/// </summary>
/// <remarks>Never blocks but in <see cref="Wait"/>. One thread reads and one writes; a device is not deleted before it is disposed.</remarks>
internal sealed unsafe class TunDevice : IDisposable
{
    private const nuint SetInterface = 0x400454CA;
    private const int NameOctets = 16;
    private const int RequestOctets = 40;
    private const ushort Tun = 0x0001;
    private const ushort Tap = 0x0002;
    private const ushort NoPacketInformation = 0x1000;

    private readonly SafeFileHandle _file;

    private TunDevice(SafeFileHandle file, string name) => (_file, Name) = (file, name);

    public string Name { get; }

    /// <summary>Makes a device in a namespace, up, without addresses.</summary>
    public static TunDevice Open(NetworkNamespace space, string name, bool isEthernet)
    {
        TunDevice device = space.Enter(() => Make(name, isEthernet));
        // Without its own addresses the device says nothing unless it is asked to.
        space.Set($"net.ipv6.conf.{name}.accept_ra=0", $"net.ipv6.conf.{name}.addr_gen_mode=1", $"net.ipv6.conf.{name}.router_solicitations=0");
        space.Run("ip", "link", "set", name, "up");
        return device;
    }

    /// <summary>Waits until one of the devices has a packet; false after so many milliseconds without.</summary>
    public static bool Wait(int milliseconds, params ReadOnlySpan<TunDevice> devices)
    {
        Span<NativeMethods.PollEntry> entries = stackalloc NativeMethods.PollEntry[devices.Length];
        for (int i = 0; i < devices.Length; i++)
        {
            entries[i] = new NativeMethods.PollEntry { File = (int)devices[i]._file.DangerousGetHandle(), Wanted = NativeMethods.ReadyToRead };
        }

        return Poll(entries, milliseconds);
    }

    /// <summary>Gives a packet to the kernel.</summary>
    /// <exception cref="IOException">The kernel refuses it: not an IP packet, or longer than it takes.</exception>
    public void Write(ReadOnlySpan<byte> packet)
    {
        while (true)
        {
            fixed (byte* octets = packet)
            {
                nint written = NativeMethods.Write(_file, octets, packet.Length);
                if (written >= 0 || Marshal.GetLastPInvokeError() != NativeMethods.TryAgain)
                {
                    NativeMethods.Check(written, $"write to {Name}");
                    return;
                }
            }

            Poll([new NativeMethods.PollEntry { File = (int)_file.DangerousGetHandle(), Wanted = NativeMethods.ReadyToWrite }], 1000);
        }
    }

    /// <summary>Takes a packet that the kernel sent; 0 octets when there is none.</summary>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* octets = buffer)
        {
            nint read = NativeMethods.Read(_file, octets, buffer.Length);
            return read < 0 && Marshal.GetLastPInvokeError() == NativeMethods.TryAgain ? 0 : NativeMethods.Check(read, $"read from {Name}");
        }
    }

    public void Dispose() => _file.Dispose();

    private static TunDevice Make(string name, bool isEthernet)
    {
        int flags = NativeMethods.ReadWrite | NativeMethods.NonBlocking | NativeMethods.CloseOnExec;
        SafeFileHandle file = new(NativeMethods.Check(NativeMethods.Open("/dev/net/tun", flags), "open /dev/net/tun"), ownsHandle: true);
        Span<byte> request = stackalloc byte[RequestOctets];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request[..(NameOctets - 1)]);
        BinaryPrimitives.WriteUInt16LittleEndian(request[NameOctets..], (ushort)((isEthernet ? Tap : Tun) | NoPacketInformation));
        fixed (byte* argument = request)
        {
            NativeMethods.Check(NativeMethods.Control(file, SetInterface, argument), $"TUNSETIFF {name}");
        }

        return new TunDevice(file, name);
    }

    private static bool Poll(Span<NativeMethods.PollEntry> entries, int milliseconds)
    {
        fixed (NativeMethods.PollEntry* first = entries)
        {
            return NativeMethods.Check(NativeMethods.Poll(first, (nuint)entries.Length, milliseconds), "poll") > 0;
        }
    }
}
