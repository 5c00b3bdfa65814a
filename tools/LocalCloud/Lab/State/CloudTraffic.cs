using System.Collections.Concurrent;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Local.Lab.State;

/// <summary>Counts the responses of an edge and the deliveries to each instance, and remembers the recent ones. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class CloudTraffic(TimeProvider time)
{
    /// <summary>The number of deliveries that are remembered for a calculation of their price.</summary>
    private const int MostRemembered = 200_000;

    private readonly ConcurrentDictionary<string, OriginCounts> _origins = new();
    private readonly ConcurrentQueue<(DateTimeOffset At, TimeSpan Duration)> _deliveries = new();
    private readonly long[] _responses = new long[Enum.GetValues<ResponseSource>().Length];
    private long _unavailable;

    /// <summary>The time at which counting began.</summary>
    public DateTimeOffset Since { get; } = time.GetUtcNow();

    public long Unavailable => Interlocked.Read(ref _unavailable);

    /// <summary>The number of deliveries to all instances.</summary>
    public long Deliveries => _origins.Values.Sum(counts => counts.Served + counts.Failed);

    public long Responses(ResponseSource source) => Interlocked.Read(ref _responses[(int)source]);

    /// <summary>Returns the counts of an instance, which are zero before its first request.</summary>
    public OriginCounts Of(string originId) => _origins.GetOrAdd(originId, static (_, clock) => new OriginCounts(clock), time);

    /// <summary>Returns the time and the duration of each successful delivery since a time, at most 200,000, oldest first.</summary>
    public IReadOnlyList<(DateTimeOffset At, TimeSpan Duration)> DeliveredSince(DateTimeOffset since) =>
        [.. _deliveries.Where(delivery => delivery.At >= since).OrderBy(delivery => delivery.At)];

    public void Count(EdgeResponse response)
    {
        Interlocked.Increment(ref _responses[(int)response.Source]);
        if (response.Status == 503)
        {
            Interlocked.Increment(ref _unavailable);
        }
    }

    public void Count(Delivery delivery)
    {
        Of(delivery.Origin).Count(delivery);
        if (delivery.Status is > 0 and < 500)
        {
            _deliveries.Enqueue((time.GetUtcNow() - delivery.Duration, delivery.Duration));
            while (_deliveries.Count > MostRemembered)
            {
                _deliveries.TryDequeue(out _);
            }
        }
    }
}

/// <summary>The deliveries to one instance. Thread-safe.</summary>
internal sealed class OriginCounts(TimeProvider time)
{
    private const int MostRecent = 1_000;

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<(long At, double Milliseconds)> _recent = new();
    private long _served;
    private long _failed;

    public long Served => Interlocked.Read(ref _served);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Returns the median and the 99th percentile of the last ten seconds in milliseconds; null without requests.</summary>
    public (double P50, double P99)? Latency
    {
        get
        {
            lock (_gate)
            {
                Forget();
                double[] sorted = [.. _recent.Select(each => each.Milliseconds).Order()];
                return sorted.Length == 0 ? null : (Percentile.MedianOfSorted(sorted), Percentile.OfSorted(sorted, 0.99));
            }
        }
    }

    public void Count(Delivery delivery)
    {
        if (delivery.Status is 0 or >= 500)
        {
            Interlocked.Increment(ref _failed);
            return;
        }

        Interlocked.Increment(ref _served);
        lock (_gate)
        {
            _recent.Enqueue((time.GetTimestamp(), delivery.Duration.TotalMilliseconds));
            Forget();
        }
    }

    private void Forget()
    {
        while (_recent.TryPeek(out var oldest) && (_recent.Count > MostRecent || time.GetElapsedTime(oldest.At) > Recent))
        {
            _recent.Dequeue();
        }
    }
}
