using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Local;

/// <summary>Starts the edge of a local cloud.</summary>
internal static class LocalEdge
{
    /// <summary>
    /// The maximum time that a request waits for an instance to start. It is longer than a start on a busy machine takes, and shorter than
    /// the timeout of most clients.
    /// </summary>
    private static readonly TimeSpan ColdStartPatience = TimeSpan.FromSeconds(60);

    /// <summary>Starts the edge, and writes the file that the purge command reads.</summary>
    /// <param name="options">The options of the cloud, including the port, the country, the balancing policy and the scaling range.</param>
    /// <param name="rules">The rules to apply.</param>
    /// <param name="dataDirectory">The folder for the file that contains the edge's address and purge token.</param>
    /// <param name="loggers">Receives the edge's log.</param>
    /// <param name="observed">Adds the options with which the edge is observed.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="LocalCloudException">The port is in use.</exception>
    public static async Task<EdgeServer> StartAsync(
        LocalCloudOptions options, EdgeRules rules, string dataDirectory, ILoggerFactory loggers, Func<EdgeOptions, EdgeOptions> observed,
        CancellationToken cancellationToken)
    {
        var edgeOptions = new EdgeOptions
        {
            Port = options.Port,
            HeadersTimeout = options.EdgeHeadersTimeout,
            ColdStartPatience = options.Scale is null ? TimeSpan.Zero : ColdStartPatience,
        };
        if (options.EdgeCountry is { } country)
        {
            edgeOptions = edgeOptions with { Country = country };
        }

        if (options.Balancing is { } policy)
        {
            rules = rules with
            {
                OriginGroups = [.. rules.OriginGroups.Select(group => group with { LoadBalancing = group.LoadBalancing with { Policy = policy } })],
            };
        }

        EdgeServer edge;
        try
        {
            edge = await EdgeServer.StartAsync(rules, observed(edgeOptions), loggers, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            var reason = exception is IOException ? "is in use" : $"cannot be used ({exception.Message})";
            throw new LocalCloudException(
                $"Port {options.Port} {reason}. Choose another port with --port N, or a free port with --port 0.", exception);
        }

        new EdgeAdmin(edge.Address, edgeOptions.PurgeToken).Write(dataDirectory);
        return edge;
    }
}
