using Microsoft.Extensions.Logging;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Edge.Balancing;
using ServerlessScale.Local.Edge.Forwarding;
using ServerlessScale.Local.Edge.Rules;

namespace ServerlessScale.Local.Edge;

/// <summary>Starts the edge as the rules file says.</summary>
internal static class LocalEdge
{
    /// <param name="port">HTTP port on loopback; 0 takes a free one.</param>
    /// <param name="rulesPath">The rules file; null for the repository's.</param>
    /// <param name="dataDirectory">Where the edge says how to purge it.</param>
    /// <param name="country">Where every client is taken to be, two capital letters; null for nowhere known.</param>
    /// <param name="loggers">Gets the edge's log.</param>
    /// <param name="adjust">For what the rules file does not say.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="LocalCloudException">The rules are wrong, or the port is taken.</exception>
    public static async Task<EdgeServer> StartAsync(
        int port, string? rulesPath, string dataDirectory, string? country, ILoggerFactory loggers, Func<EdgeOptions, EdgeOptions>? adjust = null,
        CancellationToken cancellationToken = default)
    {
        var rules = EdgeRules.Load(rulesPath ?? Path.Combine(Repository.FindRoot(), "infra", "edge-rules.json"));
        var token = EdgeAdmin.NewToken();
        var pipeline = new EdgePipeline(
            rules, country is null ? new() { PurgeToken = token } : new() { PurgeToken = token, Country = country }, loggers);
        var options = Options(rules.OriginGroups[0], port);
        var edge = await EdgeServer.StartAsync(adjust?.Invoke(options) ?? options, loggers, pipeline.Use, cancellationToken);
        new EdgeAdmin(edge.Address, token).Write(dataDirectory);
        return edge;
    }

    /// <summary>One machine has one group of instances, which serve everything.</summary>
    private static EdgeOptions Options(OriginGroup group, int port) => new()
    {
        Port = port,
        Policy = group.LoadBalancing.Policy switch
        {
            LoadBalancingPolicy.RoundRobin => BalancingPolicy.RoundRobin,
            LoadBalancingPolicy.WeightedRoundRobin => BalancingPolicy.WeightedRoundRobin,
            LoadBalancingPolicy.LeastConnections => BalancingPolicy.LeastConnections,
            LoadBalancingPolicy.WeightedLeastConnections => BalancingPolicy.WeightedLeastConnections,
            LoadBalancingPolicy.PowerOfTwoChoices => BalancingPolicy.PowerOfTwoChoices,
            var unknown => throw new ArgumentOutOfRangeException(nameof(group), unknown, "Not a policy."),
        },
        Probes = new()
        {
            Path = group.HealthProbe.Path,
            Interval = TimeSpan.FromSeconds(group.HealthProbe.IntervalInSeconds),
            SampleSize = group.LoadBalancing.SampleSize,
            SuccessfulSamplesRequired = group.LoadBalancing.SuccessfulSamplesRequired,
        },
    };
}
