using System.Diagnostics;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// A plan for measuring contenders under load. Contenders take turns, and their order changes from round to round, so that other load on
/// the machine affects all of them equally. During a turn, each client starts an operation as soon as its previous operation has ended.
/// </summary>
internal sealed record LoadPlan(int Clients, int Rounds, TimeSpan Turn)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <param name="prepareAsync">Runs before each measured turn, but not before the warm-up turns.</param>
    public async Task<IReadOnlyList<LoadResult>> RunAsync(
        IReadOnlyList<Contender> contenders, Func<CancellationToken, Task> prepareAsync, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        progress.Begin(contenders.Count * (1 + Rounds));
        var results = contenders.ToDictionary(contender => contender, contender => new LoadResult(contender.Name));
        foreach (var contender in contenders)
        {
            await TakeTurnAsync(contender, WarmUp, new LoadResult(contender.Name), cancellationToken);
            progress.Step($"{contender.Name}: warm-up");
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var contender in contenders.Skip(round % contenders.Count).Concat(contenders.Take(round % contenders.Count)))
            {
                await prepareAsync(cancellationToken);
                await TakeTurnAsync(contender, Turn, results[contender], cancellationToken);
                progress.Step($"{contender.Name}: {results[contender].Rates[^1]:0} per second");
            }
        }

        return [.. contenders.Select(contender => results[contender])];
    }

    private async Task TakeTurnAsync(Contender contender, TimeSpan length, LoadResult result, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(
            async () =>
            {
                var own = new List<double>();
                while (clock.Elapsed < length)
                {
                    var started = Stopwatch.GetTimestamp();
                    if (await contender.RunAsync(client, cancellationToken))
                    {
                        own.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    }
                }

                return own;
            },
            cancellationToken)));
        result.Add(clock.Elapsed, [.. latencies.SelectMany(own => own)]);
    }
}

/// <param name="RunAsync">
/// Runs the operation once. The argument is the client's number, starting at 0. Returns false when the operation failed.
/// </param>
internal sealed record Contender(string Name, Func<int, CancellationToken, Task<bool>> RunAsync);

/// <summary>The rates and latencies of one contender over all its turns.</summary>
internal sealed class LoadResult(string name)
{
    private readonly List<double> _milliseconds = [];
    private readonly List<double> _rates = [];

    public string Name => name;

    /// <summary>Operations per second in each turn, in the order of the rounds.</summary>
    public IReadOnlyList<double> Rates => _rates;

    public double MedianRate => Measurement.Statistics.Percentile.Median(_rates);

    /// <summary>
    /// Returns the median of the ratios in all rounds. Each ratio is this contender's rate divided by the given rate for the same round.
    /// </summary>
    public double MedianRatio(IEnumerable<double> others) =>
        Measurement.Statistics.Percentile.Median(_rates.Zip(others, (own, other) => own / other));

    /// <exception cref="CommandException">No operation during the turn succeeded.</exception>
    public void Add(TimeSpan turn, IReadOnlyCollection<double> milliseconds)
    {
        if (milliseconds.Count == 0)
        {
            throw new CommandException($"No operation by \"{name}\" succeeded in {turn.TotalSeconds:0.0} s.");
        }

        _milliseconds.AddRange(milliseconds);
        _rates.Add(milliseconds.Count / turn.TotalSeconds);
    }

    /// <param name="share">The percentile as a fraction, such as 0.99 for the 99th percentile.</param>
    public double Percentile(double share) => Measurement.Statistics.Percentile.Of(_milliseconds, share);

    /// <summary>
    /// Returns a rate for each round. It is the rate of a hypothetical operation that runs one operation of <paramref name="a"/> and then
    /// one operation of <paramref name="b"/>.
    /// </summary>
    public static double[] RatesOfBoth(LoadResult a, LoadResult b) => [.. a._rates.Zip(b._rates, (x, y) => 1 / ((1 / x) + (1 / y)))];
}
