namespace ServerlessScale.Shared.ColdStarts;

/// <summary>
/// Counts durations in buckets whose bounds grow by 2 %, from 1 microsecond to 1 hour, so that a quantile is at most 1 % off the
/// exact nearest-rank one, however many durations there are, and histograms of different instances add up without loss
/// (the scheme of DDSketch, Masson, Rim and Lee, VLDB 2019). At most some 1,100 buckets; only those in use take space.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Largest relative error of <see cref="Quantile"/> for durations within the bounds.</summary>
    public const double RelativeError = (Growth - 1) / (Growth + 1);

    private const double Growth = 1.02;
    private const double SmallestMs = 0.001;
    private const double LargestMs = 3_600_000;
    private const byte FormatVersion = 1;

    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly Dictionary<int, long> _counts = [];

    public long Count { get; private set; }

    /// <param name="durationMs">In milliseconds; taken as the nearer bound when outside of 1 microsecond to 1 hour.</param>
    public void Record(double durationMs) => Add(Bucket(durationMs), 1);

    public void Add(LatencyHistogram other)
    {
        foreach (var (bucket, count) in other._counts)
        {
            Add(bucket, count);
        }
    }

    /// <summary>The duration in milliseconds that the share <paramref name="q"/> of all durations does not exceed (nearest rank).</summary>
    /// <param name="q">0 to 1, e.g. 0.95.</param>
    /// <exception cref="InvalidOperationException">Nothing was recorded.</exception>
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
                // The value whose distance to both bounds is the same share of them.
                return SmallestMs * Math.Pow(Growth, bucket) * 2 / (Growth + 1);
            }
        }

        throw new InvalidOperationException("The histogram is empty.");
    }

    /// <summary>A few bytes for each bucket in use, at most some 8 KB.</summary>
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

    /// <exception cref="InvalidDataException">The bytes are not from <see cref="ToBytes"/>.</exception>
    public static LatencyHistogram FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (bytes is not [FormatVersion, ..])
        {
            throw new InvalidDataException("The histogram is of an unknown format.");
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
