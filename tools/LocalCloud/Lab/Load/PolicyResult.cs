using ServerlessScale.Edge.Balancing;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Balancing;

/// <summary>The latencies of one policy in one scenario, in milliseconds.</summary>
internal sealed class PolicyResult(Scenario scenario, BalancingPolicy policy)
{
    private readonly List<Response[]> _rounds = [];

    public Scenario Scenario => scenario;

    public BalancingPolicy Policy => policy;

    /// <exception cref="CommandException">No cheap request in the round succeeded.</exception>
    public void AddRound(Response[] responses)
    {
        if (!responses.Any(response => !response.IsExpensive))
        {
            throw new CommandException($"No request succeeded with {BalancingCommand.NameOf(policy)} ({scenario.Name}).");
        }

        _rounds.Add(responses);
    }

    /// <summary>Returns the median of the rounds' percentiles. A single round on a busy machine hardly affects this median.</summary>
    /// <param name="share">The percentile as a fraction, such as 0.99 for the 99th percentile.</param>
    /// <param name="onlyCheap">
    /// Whether to exclude the expensive requests. The result then shows how much they delay the cheap requests.
    /// </param>
    public double Percentile(double share, bool onlyCheap) => Measurement.Statistics.Percentile.Median(_rounds.Select(round =>
        Measurement.Statistics.Percentile.Of(
            round.Where(response => !onlyCheap || !response.IsExpensive).Select(response => response.Milliseconds), share)));
}

/// <param name="Milliseconds">The time from when the request was due until its response was complete.</param>
/// <param name="IsExpensive">Whether the request took twenty times as long to process as a cheap request.</param>
internal readonly record struct Response(double Milliseconds, bool IsExpensive);
