using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>An edge in front of one origin, without the shop. It caches the responses of all paths.</summary>
internal static class LoneEdge
{
    private const string Group = "origin";

    /// <summary>Starts the edge.</summary>
    /// <param name="origin">The base address of the origin.</param>
    /// <param name="port">The port of the edge; 0 for a free port.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<EdgeServer> StartAsync(Uri origin, int port, CancellationToken cancellationToken)
    {
        var rules = EdgeRules.ForwardAllTo(new()
        {
            Name = Group,
            LoadBalancing = new() { Policy = BalancingPolicy.RoundRobin },
            HealthProbe = new() { Path = "/", Interval = TimeSpan.FromHours(1) },
        });
        rules = rules with
        {
            Routes = [rules.Routes[0] with { RuleSets = [RequestNumber.Name], Cache = EverythingWithLifetime }],
            RuleSets = [RequestNumber],
        };
        var edge = await EdgeServer.StartAsync(rules, new() { Port = port }, NullLoggerFactory.Instance, cancellationToken);
        await edge.AddAsync(new(Group, "origin", origin));
        return edge;
    }

    /// <summary>
    /// Caches responses that state a lifetime. Front Door caches other responses for one to three days, which the tests of
    /// http-tests/cache-tests do not expect.
    /// </summary>
    private static CacheConfiguration EverythingWithLifetime { get; } = new()
    {
        CacheBehavior = CacheBehavior.OverrideIfOriginMissing,
        CacheDuration = TimeSpan.Zero,
        IsCompressionEnabled = false,
        QueryStringCachingBehavior = QueryStringCachingBehavior.UseQueryString,
    };

    /// <summary>
    /// Passes on the header with which http-tests/cache-tests numbers its requests, because a fetch does not contain the client's headers.
    /// </summary>
    private static RuleSet RequestNumber { get; } = new()
    {
        Name = "RequestNumber",
        Rules =
        [
            new()
            {
                Name = "Keep",
                Order = 1,
                Conditions = [],
                Actions = [new ModifyRequestHeader(new(HeaderAction.Overwrite, "Req-Num", "{http_req_header_Req-Num}"))],
                MatchProcessingBehavior = MatchProcessingBehavior.Continue,
            },
        ],
    };
}
