using SecurityGroups.Cli.Captures;
using SecurityGroups.Packets;

namespace SecurityGroups.Cli.Replay;

/// <summary>Where judgements go as they are made; disposing of it, also after an error, prints what is left to print.</summary>
internal interface IJudgementSink : IDisposable
{
    void Add(in CapturedPacket captured, in ParsedPacket packet, in Judgement judgement);
}
