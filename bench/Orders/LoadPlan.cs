using System.Diagnostics;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// Contenders take turns, in another order each round, so that a busy moment of the machine hits all of them. In a turn every client
/// begins its next operation when its last one has ended.
/// </summary>
internal sealed record LoadPlan(int Clients, int Rounds, TimeSpan Turn)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <param name="tidyAsync">Between turns.</param>
    public async Task<IReadOnlyList<LoadResult>> RunAsync(
        IReadOnlyList<Contender> contenders, Func<CancellationToken, Task> tidyAsync, CancellationToken cancellationToken)
    {
        var results = contenders.ToDictionary(contender => contender, contender => new LoadResult(contender.Name));
        foreach (var contender in contenders)
        {
            await TakeTurnAsync(contender, WarmUp, new LoadResult(contender.Name), cancellationToken);
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var contender in contenders.Skip(round % contenders.Count).Concat(contenders.Take(round % contenders.Count)))
            {
                await tidyAsync(cancellationToken);
                await TakeTurnAsync(contender, Turn, results[contender], cancellationToken);
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
                    await contender.Run(client, cancellationToken);
                    own.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }

                return own;
            },
            cancellationToken)));
        result.Add(clock.Elapsed, latencies.SelectMany(own => own));
    }
}
