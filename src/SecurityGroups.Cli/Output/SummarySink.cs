using System.Globalization;
using System.Runtime.InteropServices;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Cli.Replay;
using SecurityGroups.Packets;
using Spectre.Console;

namespace SecurityGroups.Cli.Output;

/// <summary>Counts judgements and prints tables for people once the replay is over: totals, the most denied flows, the rate.</summary>
internal sealed class SummarySink(ToolConsole console, TimeProvider clock) : IJudgementSink
{
    private const int FlowsShown = 10;

    // Bounds the memory a capture of forged addresses can take; flows that come later count as others.
    private const int FlowsKept = 65_536;

    private readonly Dictionary<Total, long> _totals = [];
    private readonly Dictionary<DeniedFlow, long> _denied = [];
    private readonly long _start = clock.GetTimestamp();
    private long _packets;
    private long _lastPacket;
    private long _otherDenied;

    public void Add(in CapturedPacket captured, in ParsedPacket packet, in Judgement judgement)
    {
        // A packet judged at several NICs comes several times in a row.
        if (captured.Number != _lastPacket)
        {
            _packets++;
            _lastPacket = captured.Number;
        }

        Total total = new(
            judgement.Nic?.Id ?? "",
            judgement.Nic is null ? "" : PacketNames.Of(judgement.Direction),
            PacketNames.Of(judgement.Verdict),
            judgement.Reason ?? "");
        CollectionsMarshal.GetValueRefOrAddDefault(_totals, total, out _)++;
        if (judgement is { Verdict: Verdict.Deny, Nic: { } nic, Reason: { } reason })
        {
            AddDenied(packet, nic.Id, judgement.Direction, reason);
        }
    }

    public void Dispose()
    {
        TimeSpan elapsed = clock.GetElapsedTime(_start);
        using TextWriter text = console.OpenText();
        IAnsiConsole ansi = console.OpenAnsi(text);
        if (_totals.Count > 0)
        {
            ansi.Write(TotalsTable());
        }

        if (_denied.Count > 0)
        {
            ansi.Write(DeniedTable());
        }

        double rate = elapsed > TimeSpan.Zero ? _packets / elapsed.TotalSeconds : 0;
        ansi.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_packets:N0} packets in {elapsed.TotalSeconds:N2} s, {rate:N0} packets/s"));
    }

    private static string Coloured(string verdict) => verdict switch
    {
        "allow" => "[green]allow[/]",
        "deny" => "[red]deny[/]",
        _ => verdict,
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string PortText(DeniedFlow flow) =>
        flow.Port < 0 ? "" : flow.Protocol is 1 or 58
            ? string.Create(CultureInfo.InvariantCulture, $"type {flow.Port >> 8} code {flow.Port & 0xFF}")
            : flow.Port.ToString(CultureInfo.InvariantCulture);

    private void AddDenied(in ParsedPacket packet, string nic, Direction direction, string reason)
    {
        int port = packet.Has(PacketTraits.Ports | PacketTraits.Icmp) ? packet.DestinationPort : -1;
        DeniedFlow flow = new(nic, direction, reason, packet.Kind, packet.Protocol, packet.Source, packet.Destination, port);
        if (_denied.Count < FlowsKept || _denied.ContainsKey(flow))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_denied, flow, out _)++;
        }
        else
        {
            _otherDenied++;
        }
    }

    private Table TotalsTable()
    {
        Table table = new() { Title = new TableTitle("Judgements"), Border = TableBorder.Ascii2 };
        table.AddColumns("NIC", "Direction", "Verdict", "Reason");
        table.AddColumn(new TableColumn("Packets").RightAligned());
        foreach ((Total total, long count) in _totals.OrderBy(entry => entry.Key.Nic, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Direction, StringComparer.Ordinal).ThenBy(entry => entry.Key.Verdict, StringComparer.Ordinal)
            .ThenByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Reason, StringComparer.Ordinal))
        {
            string nic = total.Nic.Length > 0 ? total.Nic : "(no NIC)";
            table.AddRow(Markup.Escape(nic), total.Direction, Coloured(total.Verdict), total.Reason, Number(count));
        }

        return table;
    }

    private Table DeniedTable()
    {
        Table table = new() { Title = new TableTitle("Most denied"), Border = TableBorder.Ascii2 };
        table.AddColumns("NIC", "Direction", "Protocol", "Source", "Destination", "Port", "Reason");
        table.AddColumn(new TableColumn("Packets").RightAligned());
        foreach ((DeniedFlow flow, long count) in _denied.OrderByDescending(entry => entry.Value).Take(FlowsShown))
        {
            AddFlow(table, flow, count);
        }

        long rest = _denied.OrderByDescending(entry => entry.Value).Skip(FlowsShown).Sum(entry => entry.Value) + _otherDenied;
        if (rest > 0)
        {
            table.AddRow("(others)", "", "", "", "", "", "", Number(rest));
        }

        return table;
    }

    private static void AddFlow(Table table, DeniedFlow flow, long count)
    {
        ParsedPacket packet = new() { Kind = flow.Kind, Protocol = flow.Protocol };
        bool hasAddresses = PacketNames.HasAddresses(packet);
        bool isIPv6 = flow.Kind == PacketKind.IPv6;
        table.AddRow(
            Markup.Escape(flow.Nic),
            PacketNames.Of(flow.Direction),
            PacketNames.Protocol(packet) ?? PacketNames.Ethertype(packet) ?? "",
            hasAddresses ? AddressFormat.ToText(flow.Source, isIPv6) : "",
            hasAddresses ? AddressFormat.ToText(flow.Destination, isIPv6) : "",
            PortText(flow),
            flow.Reason,
            Number(count));
    }
}
