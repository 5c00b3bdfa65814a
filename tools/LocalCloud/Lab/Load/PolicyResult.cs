using ServerlessScale.Edge.Balancing;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Load;

/// <summary>The latencies of one policy in one scenario, in milliseconds.</summary>
internal sealed class PolicyResult(Scenario scenario, BalancingPolicy policy)
{
    private readonly List<Response[]> _rounds = [];

    public Scenario Scenario => scenario;

    public BalancingPolicy Policy => policy;

    /// <summary>The name of the policy for tables and plots.</summary>
    public string Name => NameOf(policy);

    /// <summary>Returns the name of a policy for tables and plots.</summary>
    public static string NameOf(BalancingPolicy policy) => policy switch
    {
        BalancingPolicy.RoundRobin => "round robin",
        BalancingPolicy.WeightedRoundRobin => "weighted round robin",
        BalancingPolicy.LeastConnections => "least connections",
        BalancingPolicy.WeightedLeastConnections => "weighted least connections",
        _ => "power of two choices",
    };

    /// <exception cref="CommandException">No cheap request in the round succeeded.</exception>
    public void AddRound(Response[] responses)
    {
        if (!responses.Any(response => !response.IsExpensive))
        {
            throw new CommandException($"No request succeeded with {Name} ({scenario.Name}).");
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
