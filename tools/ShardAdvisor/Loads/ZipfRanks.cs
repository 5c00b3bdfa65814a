namespace ServerlessScale.ShardAdvisor.Loads;

/// <summary>
/// Draws ranks from 1 to n. The probability of rank k is proportional to 1/k. A draw takes constant time and memory (rejection-inversion
/// sampling, Hörmann and Derflinger, 1996).
/// </summary>
internal sealed class ZipfRanks(long count)
{
    private static readonly double Accepted = 2 - Math.Exp(Math.Log(2.5) - 0.5);

    private readonly double _first = Math.Log(1.5) - 1;
    private readonly double _last = Math.Log(count + 0.5);

    public long Next(ref SplitMix64 random)
    {
        while (true)
        {
            var area = _last + random.NextDouble() * (_first - _last);
            var x = Math.Exp(area);
            var rank = Math.Clamp((long)(x + 0.5), 1, count);
            if (rank - x <= Accepted || area >= Math.Log(rank + 0.5) - 1.0 / rank)
            {
                return rank;
            }
        }
    }
}
