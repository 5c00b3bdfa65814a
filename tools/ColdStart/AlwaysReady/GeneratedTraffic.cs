using ServerlessScale.Measurement.Pricing;

namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>Generates requests as a Poisson process whose rate changes over time. The durations are exponentially distributed.</summary>
/// <param name="shape">The shape of the rate over time.</param>
/// <param name="requestsPerDay">The mean number of requests per day.</param>
/// <param name="days">The number of days of traffic to generate.</param>
/// <param name="meanDuration">The mean duration of a request in seconds.</param>
/// <param name="seed">The seed for the random number generator. The same seed generates the same requests.</param>
internal sealed class GeneratedTraffic(TrafficShape shape, double requestsPerDay, int days, double meanDuration, int seed)
{
    private const double SecondsPerDay = 86_400;

    /// <summary>The rate during a burst divided by the rate between bursts.</summary>
    private const double BurstFactor = 60;

    private const double BurstSeconds = 60;

    private const double SecondsBetweenBursts = 3_600;

    /// <summary>The amplitude of the daily cycle. The rate is 0.1 times the mean at midnight, and 1.9 times the mean at noon.</summary>
    private const double DayAmplitude = 0.9;

    public double Seconds => days * SecondsPerDay;

    public IEnumerable<Request> Requests()
    {
        var random = new Random(seed);
        var mean = requestsPerDay / SecondsPerDay;
        var bursts = shape == TrafficShape.Bursty ? Bursts(new Random(seed + 1)).GetEnumerator() : null;
        var burst = (Begin: double.PositiveInfinity, End: double.PositiveInfinity);
        if (bursts is not null && bursts.MoveNext())
        {
            burst = bursts.Current;
        }

        // The algorithm is thinning (Lewis and Shedler, 1979). It draws candidate requests at the highest rate. It accepts each candidate
        // with a probability equal to the rate at that time divided by the highest rate.
        var highest = mean * Highest;
        for (var at = Exponential(random, 1 / highest); at < Seconds; at += Exponential(random, 1 / highest))
        {
            while (at >= burst.End && bursts!.MoveNext())
            {
                burst = bursts.Current;
            }

            if (random.NextDouble() * Highest < Rate(at, at >= burst.Begin && at < burst.End))
            {
                yield return new(at, Exponential(random, meanDuration));
            }
        }
    }

    /// <summary>The highest rate, as a multiple of the mean rate.</summary>
    private double Highest => shape switch
    {
        TrafficShape.Steady => 1,
        TrafficShape.Diurnal => 1 + DayAmplitude,
        _ => BurstFactor * Quiet,
    };

    /// <summary>
    /// The rate between bursts as a multiple of the mean rate. It is chosen so that the rates during and between bursts average to the mean.
    /// </summary>
    private static double Quiet => (BurstSeconds + SecondsBetweenBursts) / ((BurstSeconds * BurstFactor) + SecondsBetweenBursts);

    private double Rate(double at, bool burst) => shape switch
    {
        TrafficShape.Steady => 1,
        TrafficShape.Diurnal => 1 - (DayAmplitude * Math.Cos(2 * Math.PI * at / SecondsPerDay)),
        _ => burst ? Highest : Quiet,
    };

    private static IEnumerable<(double Begin, double End)> Bursts(Random random)
    {
        for (double at = 0; ;)
        {
            var begin = at + Exponential(random, SecondsBetweenBursts);
            at = begin + Exponential(random, BurstSeconds);
            yield return (begin, at);
        }
    }

    private static double Exponential(Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());
}

/// <summary>The shape of the request rate over time.</summary>
internal enum TrafficShape
{
    /// <summary>The rate is constant.</summary>
    Steady,

    /// <summary>The rate is lowest at midnight and highest at noon.</summary>
    Diurnal,

    /// <summary>About once per hour, the rate rises to 60 times its usual value for about a minute.</summary>
    Bursty,
}
