namespace ServerlessScale.Shared.ColdStarts;

/// <summary>
/// Counts durations in buckets from 1 microsecond to 1 hour. The upper bound of each bucket is 2 % above the upper bound of the previous
/// bucket. A quantile is therefore within 1 % of the exact nearest-rank quantile, regardless of the number of recorded durations.
/// Histograms from different instances can be merged without loss of accuracy. The algorithm is DDSketch (Masson, Rim and Lee, VLDB 2019).
/// There are about 1,100 buckets, and empty buckets take up no space. This class is not thread-safe.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>The maximum relative error of <see cref="Quantile"/> for durations from 1 microsecond to 1 hour.</summary>
    public const double RelativeError = (Growth - 1) / (Growth + 1);

    private const double Growth = 1.02;
    private const double SmallestMs = 0.001;
    private const double LargestMs = 3_600_000;
    private const byte FormatVersion = 1;

    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly Dictionary<int, long> _counts = [];

    public long Count { get; private set; }

    /// <param name="durationMs">The duration in milliseconds. Values are clamped to the range from 1 microsecond to 1 hour.</param>
    public void Record(double durationMs) => Add(Bucket(durationMs), 1);

    public void Add(LatencyHistogram other)
    {
        foreach (var (bucket, count) in other._counts)
        {
            Add(bucket, count);
        }
    }

    /// <returns>The nearest-rank quantile <paramref name="q"/> of the recorded durations in milliseconds.</returns>
    /// <param name="q">The quantile from 0 to 1, for example 0.95.</param>
    /// <exception cref="InvalidOperationException">The histogram is empty.</exception>
    public double Quantile(double q)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(q);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        var rank = Math.Max(1, (long)Math.Ceiling(q * Count));
        foreach (var (bucket, count) in _counts.OrderBy(entry => entry.Key))
        {
            rank -= count;
            if (rank <= 0)
            {
                // This value has the same relative distance to both bounds of the bucket.
                return SmallestMs * Math.Pow(Growth, bucket) * 2 / (Growth + 1);
            }
        }

        throw new InvalidOperationException("The histogram is empty.");
    }

    /// <summary>Serializes the histogram. The result takes up a few bytes per non-empty bucket, at most about 8 KB in total.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(FormatVersion);
        var previous = 0;
        foreach (var (bucket, count) in _counts.OrderBy(entry => entry.Key))
        {
            writer.Write7BitEncodedInt(bucket - previous);
            writer.Write7BitEncodedInt64(count);
            previous = bucket;
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes were not written by <see cref="ToBytes"/>.</exception>
    public static LatencyHistogram FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (bytes is not [FormatVersion, ..])
        {
            throw new InvalidDataException("The histogram has an unknown format.");
        }

        var histogram = new LatencyHistogram();
        var bucket = 0;
        for (reader.ReadByte(); reader.BaseStream.Position < bytes.Length;)
        {
            bucket += reader.Read7BitEncodedInt();
            histogram.Add(bucket, reader.Read7BitEncodedInt64());
        }

        return histogram;
    }

    private static int Bucket(double durationMs) =>
        (int)Math.Ceiling(Math.Log(Math.Clamp(durationMs, SmallestMs, LargestMs) / SmallestMs) / LogGrowth);

    private void Add(int bucket, long count)
    {
        _counts[bucket] = _counts.GetValueOrDefault(bucket) + count;
        Count += count;
    }
}
