using Microsoft.Extensions.Logging;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Local;

/// <summary>Starts the edge as the rules say.</summary>
internal static class LocalEdge
{
    /// <summary>Longer than an instance takes to start on a busy machine, and shorter than most clients wait.</summary>
    private static readonly TimeSpan ScaledColdStartPatience = TimeSpan.FromSeconds(60);

    /// <param name="options">Port, country, balancing, and whether instances may have to be waited for.</param>
    /// <param name="rules">What the edge does.</param>
    /// <param name="dataDirectory">Where the edge says how to purge it.</param>
    /// <param name="loggers">Gets the edge's log.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="LocalCloudException">The port is taken.</exception>
    public static async Task<EdgeServer> StartAsync(
        LocalCloudOptions options, EdgeRules rules, string dataDirectory, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var pipelineOptions = new EdgePipelineOptions { PurgeToken = EdgeAdmin.NewToken() };
        if (options.EdgeCountry is { } country)
        {
            pipelineOptions = pipelineOptions with { Country = country };
        }

        EdgeServer edge;
        try
        {
            edge = await EdgeServer.StartAsync(
                Options(rules, options), loggers, new EdgePipeline(rules, pipelineOptions, loggers).Use, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new LocalCloudException(
                $"Port {options.Port} is in use. Choose another with --port N, or --port 0 for a free one.", exception);
        }

        new EdgeAdmin(edge.Address, pipelineOptions.PurgeToken).Write(dataDirectory);
        return edge;
    }

    private static EdgeOptions Options(EdgeRules rules, LocalCloudOptions options) => new()
    {
        Port = options.Port,
        HeadersTimeout = options.EdgeHeadersTimeout,
        ColdStartPatience = options.Scale is null ? TimeSpan.Zero : ScaledColdStartPatience,
        Groups = [.. rules.OriginGroups.Select(group => Group(group, options.Balancing))],
    };

    private static EdgeGroup Group(OriginGroup group, BalancingPolicy? balancing) => new()
    {
        Name = group.Name,
        Policy = balancing ?? group.LoadBalancing.Policy,
        Probes = new()
        {
            Path = group.HealthProbe.Path,
            Method = new(group.HealthProbe.Method),
            Interval = TimeSpan.FromSeconds(group.HealthProbe.IntervalInSeconds),
            SampleSize = group.LoadBalancing.SampleSize,
            SuccessfulSamplesRequired = group.LoadBalancing.SuccessfulSamplesRequired,
        },
    };
}
