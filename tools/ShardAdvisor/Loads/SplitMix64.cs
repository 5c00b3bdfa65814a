namespace ServerlessScale.ShardAdvisor.Loads;

/// <summary>
/// The SplitMix64 random number generator (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014). A seed produces
/// the same numbers on every machine and runtime. Generating a number takes less than a nanosecond. The mixing step is also used as the
/// hash function for keys.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    public ulong Next() => Mix(_state += Step);

    /// <returns>A uniformly distributed number that is at least 0 and less than 1.</returns>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <returns>
    /// An almost uniformly distributed number that is at least 0 and less than <paramref name="bound"/>. The bias is less than bound /
    /// 2^64.
    /// </returns>
    public ulong NextBelow(ulong bound) => Math.BigMul(Next(), bound, out _);

    /// <returns>An exponentially distributed number with mean 1.</returns>
    public double NextExponential() => -Math.Log(1 - NextDouble());

    /// <summary>Applies a bijection to the value. When one bit of the input changes, about half of the output bits change.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
