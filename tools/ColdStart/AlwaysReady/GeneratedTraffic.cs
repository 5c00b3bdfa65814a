namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>Requests as a Poisson process whose rate follows a shape; durations are exponentially distributed.</summary>
/// <param name="shape">How the rate goes.</param>
/// <param name="requestsPerDay">The mean.</param>
/// <param name="days">How long.</param>
/// <param name="meanDuration">Of a request, in seconds.</param>
/// <param name="seed">The same seed makes the same requests.</param>
internal sealed class GeneratedTraffic(TrafficShape shape, double requestsPerDay, int days, double meanDuration, int seed)
{
    private const double SecondsPerDay = 86_400;

    /// <summary>Of a burst's rate to the rate between bursts.</summary>
    private const double BurstFactor = 60;

    private const double BurstSeconds = 60;

    private const double SecondsBetweenBursts = 3_600;

    /// <summary>The night's rate is a tenth of the mean, noon's 1.9 of it.</summary>
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

        // Thinning (Lewis and Shedler, 1979): draw at the highest rate, keep each with the share that its moment's rate has of it.
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

    /// <summary>Of the mean rate.</summary>
    private double Highest => shape switch
    {
        TrafficShape.Steady => 1,
        TrafficShape.Diurnal => 1 + DayAmplitude,
        _ => BurstFactor * Quiet,
    };

    /// <summary>The rate between bursts, of the mean: so that both together make the mean.</summary>
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
