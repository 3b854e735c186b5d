using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecurityGroups.Cli.Captures;
using SecurityGroups.Cli.Replay;
using SecurityGroups.Packets;

namespace SecurityGroups.Cli.Output;

/// <summary>One JSON object and a line feed per judgement; members that do not apply are absent.</summary>
internal sealed class NdjsonSink : IJudgementSink
{
    private const int FlushOctets = 64 * 1024;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const int TimeLength = 27;
    private const int VlanIdBits = 12;
    private const uint VlanIdMask = (1 << VlanIdBits) - 1;
    private const long NanosecondsPerTick = 100;

    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushOctets + 4096);
    private readonly Utf8JsonWriter _json;

    public NdjsonSink(Stream output)
    {
        _output = output;

        // Lines go to programs, not into HTML: ids stay readable.
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    public void Add(in CapturedPacket captured, in ParsedPacket packet, in Judgement judgement)
    {
        _json.WriteStartObject();
        _json.WriteNumber("packet"u8, captured.Number);
        WriteTime(captured.Nanoseconds);
        WriteJudgement(judgement);
        WritePacket(packet);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushOctets)
        {
            Flush();
        }
    }

    public void Dispose()
    {
        Flush();
        _output.Flush();
        _json.Dispose();
    }

    private void Flush()
    {
        _output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    private void WriteTime(long nanoseconds)
    {
        Span<char> text = stackalloc char[TimeLength];
        DateTime.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick).TryFormat(text, out int written, TimeFormat, CultureInfo.InvariantCulture);
        _json.WriteString("time"u8, text[..written]);
    }

    private void WriteJudgement(in Judgement judgement)
    {
        if (judgement.Nic is { } nic)
        {
            _json.WriteString("nic"u8, nic.Id);
            _json.WriteString("direction"u8, PacketNames.Of(judgement.Direction));
        }

        _json.WriteString("verdict"u8, PacketNames.Of(judgement.Verdict));
        if (judgement.Reason is { } reason)
        {
            _json.WriteString("reason"u8, reason);
        }

        if (judgement.Rule is { } rule)
        {
            _json.WriteString("rule"u8, rule.Rule.Id);
            _json.WriteString("group"u8, rule.SecurityGroup.Id);
        }
    }

    private void WritePacket(in ParsedPacket packet)
    {
        if (PacketNames.Protocol(packet) is { } protocol)
        {
            _json.WriteString("protocol"u8, protocol);
        }

        if (PacketNames.HasAddresses(packet))
        {
            bool hasPorts = packet.Has(PacketTraits.Ports);
            WriteEnd("source"u8, packet.Source, "sourcePort"u8, packet.SourcePort, packet.Kind, hasPorts);
            WriteEnd("destination"u8, packet.Destination, "destinationPort"u8, packet.DestinationPort, packet.Kind, hasPorts);
        }

        if (packet.Has(PacketTraits.Icmp))
        {
            _json.WriteNumber("icmpType"u8, packet.IcmpType);
            _json.WriteNumber("icmpCode"u8, packet.IcmpCode);
        }

        if (PacketNames.Ethertype(packet) is { } ethertype)
        {
            _json.WriteString("ethertype"u8, ethertype);
        }

        WriteVlan(packet.VlanIds);
    }

    private void WriteEnd(ReadOnlySpan<byte> addressName, UInt128 address, ReadOnlySpan<byte> portName, ushort port, PacketKind kind, bool hasPorts)
    {
        Span<char> text = stackalloc char[AddressFormat.MaxLength];
        _json.WriteString(addressName, text[..AddressFormat.Write(address, kind == PacketKind.IPv6, text)]);
        if (hasPorts)
        {
            _json.WriteNumber(portName, port);
        }
    }

    /// <summary>One tag is a number, two an array, the outer first.</summary>
    private void WriteVlan(uint vlanIds)
    {
        uint outer = vlanIds >> VlanIdBits;
        uint inner = vlanIds & VlanIdMask;
        if (outer != 0)
        {
            _json.WriteStartArray("vlan"u8);
            _json.WriteNumberValue(outer);
            _json.WriteNumberValue(inner);
            _json.WriteEndArray();
        }
        else if (inner != 0)
        {
            _json.WriteNumber("vlan"u8, inner);
        }
    }
}
