using Microsoft.Extensions.Logging;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Edge.Balancing;
using ServerlessScale.Local.Edge.Forwarding;
using ServerlessScale.Local.Edge.Rules;

namespace ServerlessScale.Local.Edge;

/// <summary>Starts the edge as the rules file says.</summary>
internal static class LocalEdge
{
    /// <param name="options">Port, rules file, country and balancing.</param>
    /// <param name="dataDirectory">Where the edge says how to purge it.</param>
    /// <param name="adjust">For what neither they nor the rules file say.</param>
    /// <param name="loggers">Gets the edge's log.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="LocalCloudException">The rules are wrong, or the port is taken.</exception>
    public static async Task<EdgeServer> StartAsync(
        LocalCloudOptions options, string dataDirectory, Func<EdgeOptions, EdgeOptions> adjust, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var rules = EdgeRules.Load(options.EdgeRulesPath ?? Path.Combine(Repository.FindRoot(), "infra", "edge-rules.json"));
        var pipelineOptions = new EdgePipelineOptions { PurgeToken = EdgeAdmin.NewToken() };
        if (options.EdgeCountry is { } country)
        {
            pipelineOptions = pipelineOptions with { Country = country };
        }

        var edge = await EdgeServer.StartAsync(
            adjust(Options(rules.OriginGroups[0], options)), loggers, new EdgePipeline(rules, pipelineOptions, loggers).Use, cancellationToken);
        new EdgeAdmin(edge.Address, pipelineOptions.PurgeToken).Write(dataDirectory);
        return edge;
    }

    /// <summary>One machine has one group of instances, which serve everything.</summary>
    private static EdgeOptions Options(OriginGroup group, LocalCloudOptions options) => new()
    {
        Port = options.Port,
        HeadersTimeout = options.EdgeHeadersTimeout,
        Policy = options.Balancing ?? group.LoadBalancing.Policy switch
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
