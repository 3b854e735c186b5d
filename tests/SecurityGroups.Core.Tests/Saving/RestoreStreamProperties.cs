using SecurityGroups.Tests.Support;

namespace SecurityGroups.Tests.Saving;

/// <summary>Whatever octets come: refused with their place and without a trace, or a whole table of possible connections.</summary>
public sealed class RestoreStreamProperties
{
    private readonly RestoreTarget _target = new();
    private readonly byte[] _sample;

    public RestoreStreamProperties() => _sample = _target.Sample();

    [Fact]
    public void Sample_AsItIs_IsRestored()
    {
        _target.Run(_sample);
        Assert.Equal((2 * 13, 0), (_target.Restored, _target.Refused));
    }

    [Fact]
    public void BitFlippedInAnyOctet_IsRefused()
    {
        // Every octet, and of its bits another one each time.
        for (int place = 0; place < _sample.Length; place++)
        {
            byte[] damaged = [.. _sample];
            damaged[place] ^= (byte)(1 << (place % 8));
            _target.Refuse(damaged);
        }
    }

    [Fact]
    public void CutAnywhere_IsRefused()
    {
        for (int length = 0; length < _sample.Length; length++)
        {
            _target.Refuse(_sample[..length]);
        }
    }

    [Fact]
    public void SectionsOfTwoStreams_CannotBeMixed()
    {
        byte[] other = new RestoreTarget(startSeconds: 1).Sample();
        List<int> sections = SavedStreams.Sections(_sample);
        Assert.Equal(sections, SavedStreams.Sections(other));
        foreach (int cut in sections[..^1])
        {
            _target.Refuse([.. _sample[..cut], .. other[cut..]]);
        }

        _target.Refuse([.. _sample[..sections[1]], .. _sample[sections[2]..]]);
        _target.Refuse([.. _sample[..sections[2]], .. _sample[sections[1]..]]);
    }

    [Fact]
    public void EveryOctetForged_WithChecksumsMadeRight_IsRefusedOrPossible()
    {
        for (int place = 0; place < _sample.Length; place++)
        {
            foreach (byte value in new byte[] { 0, 0xFF, (byte)(_sample[place] + 1) })
            {
                byte[] forged = [.. _sample];
                forged[place] = value;
                _target.Run(forged);
            }
        }

        Assert.InRange(_target.Restored, 1000, long.MaxValue);
        Assert.InRange(_target.Refused, 1000, long.MaxValue);
    }

    [Fact]
    public void RandomChanges_AreRefusedOrPossible()
    {
        Random random = new(20_26);
        for (int i = 0; i < 1000; i++)
        {
            _target.Run(Changed(random));
        }

        Assert.InRange(_target.Restored, 100, long.MaxValue);
    }

    [Fact]
    public void Noise_IsRefused()
    {
        Random random = new(7);
        for (int length = 0; length < 300; length++)
        {
            byte[] noise = new byte[length];
            random.NextBytes(noise);
            _target.Refuse(noise);
        }
    }

    private byte[] Changed(Random random)
    {
        List<byte> octets = [.. _sample];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(octets.Count);
            switch (random.Next(4))
            {
                case 0:
                    octets.RemoveRange(at, Math.Min(random.Next(1, 70), octets.Count - at));
                    break;
                case 1:
                    octets.InsertRange(at, octets.GetRange(at, Math.Min(random.Next(1, 70), octets.Count - at)));
                    break;
                default:
                    octets[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. octets];
    }
}
