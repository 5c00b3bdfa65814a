using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Cache;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge;

/// <summary>What requests go through before one of them is forwarded: purges, firewall, route and rules, cache.</summary>
public sealed class EdgePipeline(EdgeRules rules, EdgePipelineOptions options, ILoggerFactory loggers)
{
    public void Use(IApplicationBuilder app)
    {
        var cache = new EdgeCache(new AnswerStore(options.CacheBytes, options.Time), options.Time, app.ApplicationServices);
        var purge = new PurgeEndpoint(cache, options.PurgeToken);
        var logic = new EdgeLogic(rules, options.Country, options.Time, loggers.CreateLogger<EdgeLogic>());
        app.Use(next => context => purge.InvokeAsync(context, next));
        app.Use(next => context => logic.InvokeAsync(context, next));
        app.Use(next => context => cache.InvokeAsync(context, next));
    }
}
