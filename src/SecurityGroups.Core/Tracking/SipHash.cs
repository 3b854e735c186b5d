namespace SecurityGroups.Tracking;

/// <summary>
/// SipHash (Aumasson, Bernstein: "SipHash: a fast short-input PRF") over whole 64-bit words. The table uses one compression and three
/// finalization rounds, which is enough for a hash table whose outputs nobody sees.
/// </summary>
internal ref struct SipHash(ulong key0, ulong key1)
{
    private ulong _v0 = key0 ^ 0x736F6D6570736575;
    private ulong _v1 = key1 ^ 0x646F72616E646F6D;
    private ulong _v2 = key0 ^ 0x6C7967656E657261;
    private ulong _v3 = key1 ^ 0x7465646279746573;

    public void Add(ulong word, int rounds = 1)
    {
        _v3 ^= word;
        Mix(rounds);
        _v0 ^= word;
    }

    public ulong Finish(int rounds = 3)
    {
        _v2 ^= 0xFF;
        Mix(rounds);
        return _v0 ^ _v1 ^ _v2 ^ _v3;
    }

    private void Mix(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            _v0 += _v1;
            _v2 += _v3;
            _v1 = ulong.RotateLeft(_v1, 13) ^ _v0;
            _v3 = ulong.RotateLeft(_v3, 16) ^ _v2;
            _v0 = ulong.RotateLeft(_v0, 32);
            _v2 += _v1;
            _v0 += _v3;
            _v1 = ulong.RotateLeft(_v1, 17) ^ _v2;
            _v3 = ulong.RotateLeft(_v3, 21) ^ _v0;
            _v2 = ulong.RotateLeft(_v2, 32);
        }
    }
}
