namespace SecurityGroups.Tracking;

/// <summary>The states of connections in words (<see cref="ConnectionInfo.State"/>).</summary>
internal static class StateNames
{
    private const string Replied = "replied";
    private const string Unreplied = "unreplied";
    private static readonly string?[] s_ofClass = OfClasses();

    /// <summary>Every word there is.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_ofClass.OfType<string>().Append(Replied).Append(Unreplied).Distinct()];

    public static string Of(ConnectionState state) => s_ofClass[(int)state.Class & 15] ?? (state.IsReplied ? Replied : Unreplied);

    private static string?[] OfClasses()
    {
        string?[] names = new string?[16];
        names[(int)ConnectionClass.SynSent] = names[(int)ConnectionClass.SynSent2] = "synSent";
        names[(int)ConnectionClass.SynReceived] = names[(int)ConnectionClass.SynReceived2] = "synReceived";
        names[(int)ConnectionClass.Established] = "established";
        names[(int)ConnectionClass.FinWait] = "finWait";
        names[(int)ConnectionClass.CloseWait] = "closeWait";
        names[(int)ConnectionClass.LastAck] = "lastAck";
        names[(int)ConnectionClass.TimeWait] = "timeWait";
        names[(int)ConnectionClass.Close] = "close";
        names[(int)ConnectionClass.UdpStream] = "stream";
        return names;
    }
}
