using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace SecurityGroups.Linux.Tests.Support;

/// <summary>A network namespace of its own: own devices, addresses, packet filter and connection table, deleted on disposal.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private static int s_count;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Makes one, its loopback up.</summary>
    public static NetworkNamespace Create()
    {
        NetworkNamespace space = new($"sg{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Shell.Run("ip", "netns", "add", space.Name);
        space.Run("ip", "link", "set", "lo", "up");
        return space;
    }

    /// <summary>Runs a command inside to its end.</summary>
    public string Run(params string[] command) => Shell.Run(Inside(command));

    public string RunInput(string input, params string[] command) => Shell.RunInput(input, Inside(command));

    /// <summary>Starts a command inside that the caller ends.</summary>
    public Process Start(params string[] command) => Shell.Start(Inside(command));

    /// <summary>Sets kernel settings, such as <c>net.ipv4.ip_forward=1</c>.</summary>
    public void Set(params string[] settings) => Enter(() =>
    {
        // This thread's view of /proc/sys/net is that of its namespace.
        foreach (string[] pair in settings.Select(setting => setting.Split('=', 2)))
        {
            File.WriteAllText($"/proc/sys/{pair[0].Replace('.', '/')}", pair[1]);
        }

        return true;
    });

    /// <summary>
    /// Calls a delegate on a thread inside: the sockets and devices that it opens belong to this namespace for ever, whoever uses them. The
    /// thread ends with the call, so none of the pool is lost to another network.
    /// </summary>
    public T Enter<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Join();
                result = action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Deletes the name; the namespace itself goes with the last process or device that uses it.</summary>
    public void Dispose() => Shell.Run("ip", "netns", "delete", Name);

    private string[] Inside(string[] command) => ["ip", "netns", "exec", Name, .. command];

    private void Join()
    {
        using SafeFileHandle space = File.OpenHandle($"/run/netns/{Name}");
        NativeMethods.Check(NativeMethods.SetNamespace(space, NativeMethods.NetworkNamespaceKind), "setns");
    }
}
