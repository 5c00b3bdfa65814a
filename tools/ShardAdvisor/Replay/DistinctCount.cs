using System.Numerics;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Estimates the number of distinct hashes with 64 KB of memory and a standard error of 0.4 % (HyperLogLog, Flajolet, Fusy, Gandouet and
/// Meunier, 2007). Small numbers are estimated by linear counting, which is almost exact for numbers below ten thousand.
/// </summary>
internal sealed class DistinctCount
{
    private const int IndexBits = 16;
    private const int Registers = 1 << IndexBits;

    private readonly byte[] _registers = new byte[Registers];

    /// <param name="hash">A hash whose 64 bits are well mixed.</param>
    public void Add(ulong hash)
    {
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << IndexBits) | (1UL << (IndexBits - 1))) + 1);
        ref var register = ref _registers[hash >> (64 - IndexBits)];
        if (rank > register)
        {
            register = rank;
        }
    }

    public long Estimate()
    {
        var (sum, empty) = (0.0, 0);
        foreach (var register in _registers)
        {
            sum += Math.ScaleB(1, -register);
            empty += register == 0 ? 1 : 0;
        }
        var estimate = 0.7213 / (1 + 1.079 / Registers) * Registers * Registers / sum;
        return (long)Math.Round(estimate <= 2.5 * Registers && empty > 0 ? Registers * Math.Log((double)Registers / empty) : estimate);
    }
}
