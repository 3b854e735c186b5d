namespace SecurityGroups.Fuzz;

/// <summary>
/// Something that must hold for every input. Any octets are an input: a target either reads them as what it tests (a packet, a file) or takes its
/// choices from them (<see cref="InputRandom"/>), so that a coverage-guided fuzzer steers the generators of the tests.
/// </summary>
/// <remarks>A constructor must not call the library: instrumented code cannot run before the fuzzer listens, and all targets are made.</remarks>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>Its name on the command line, and of its folder in Corpus.</summary>
    public abstract string Name { get; }

    /// <summary>How often it came to what it is about: 0 after many inputs would mean that nothing was tried.</summary>
    public long Reached { get; protected set; }

    /// <summary>How many packets of the parser take as long as one input; a run over all targets shares its time by this.</summary>
    public virtual int Weight => 1;

    /// <summary>Tries one input; a broken promise is an exception.</summary>
    public abstract void Run(byte[] input);

    /// <summary>A random input, for runs without a fuzzer.</summary>
    public abstract byte[] Next(Random random);

    /// <summary>What the corpus begins with: a few inputs that reach far.</summary>
    public virtual IEnumerable<byte[]> Seeds() => Enumerable.Range(1, 12).Select(seed => Next(new Random(seed)));

    public virtual void Dispose()
    {
    }

    protected static void Require(bool condition, string promise)
    {
        if (!condition)
        {
            throw new BrokenPromiseException(promise);
        }
    }

    /// <summary>Octets for the targets that take choices from them.</summary>
    protected static byte[] Choices(Random random, int most)
    {
        byte[] octets = new byte[random.Next(1, most)];
        random.NextBytes(octets);
        return octets;
    }
}
