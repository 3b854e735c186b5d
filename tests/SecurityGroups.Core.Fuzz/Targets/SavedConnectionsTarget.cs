using SecurityGroups.Tests.Support;

namespace SecurityGroups.Fuzz.Targets;

/// <summary>
/// Any octets as a stream of saved connections, as they are and with their checksums made right: refused with the place of what is wrong and
/// no trace in the table, or restored into a whole table of possible connections.
/// </summary>
internal sealed class SavedConnectionsTarget : FuzzTarget
{
    // It keeps nothing of an input.
    private readonly RestoreTarget _target = new();
    private byte[]? _sample;

    public override string Name => "saved-connections";

    public override int Weight => 12;

    public override void Run(byte[] input)
    {
        _target.Run(input);
        Reached = _target.Restored;
    }

    public override byte[] Next(Random random) => Mutation.Damage(Sample(), random);

    public override IEnumerable<byte[]> Seeds() => [Sample()];

    private byte[] Sample() => _sample ??= _target.Sample();
}
