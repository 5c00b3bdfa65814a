using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// What happens to a request before cache and origin, in Front Door's order
/// (learn.microsoft.com/azure/frontdoor/front-door-routing-architecture): the firewall, the route, its rule sets.
/// </summary>
internal sealed partial class EdgeLogic
{
    private readonly Firewall _firewall;
    private readonly RuleEngine _rules;
    private readonly string _country;
    private readonly ILogger _logger;

    /// <param name="rules">What to do.</param>
    /// <param name="country">Where all clients are: this machine has no map of addresses.</param>
    /// <param name="time">For the rate limits' windows.</param>
    /// <param name="logger">Gets what the firewall refuses.</param>
    public EdgeLogic(EdgeRules rules, string country, TimeProvider time, ILogger<EdgeLogic> logger)
    {
        _firewall = new(rules.Waf, time) { Matched = rule => LogMatch(rule.Name, rule.Action) };
        _rules = new(rules);
        _country = country;
        _logger = logger;
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (HasTwoLengths(context.Request))
        {
            CacheStatus.OfTheEdge(context, "malformed");
            context.Response.Headers.Connection = "close";
            await EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "ambiguous-length", "The length of the body is ambiguous",
                "Content-Length and Transfer-Encoding were both sent (RFC 9112 section 6.1). Send one of them.");
            return;
        }

        var request = new EdgeRequest(context.Request, _country);
        if (_firewall.Examine(request) is { } refusal)
        {
            CacheStatus.OfTheEdge(context, "waf");
            await RefuseAsync(context, refusal);
            return;
        }

        if (_rules.Decide(request) is not { } decision)
        {
            CacheStatus.OfTheEdge(context, "no-route");
            await EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "no-edge-route", "No route", $"No route of the edge has {context.Request.Path}.");
            return;
        }

        context.Response.OnStarting(() =>
        {
            decision.ResponseHeaders.ForEach(change => change.Apply(context.Response.Headers));
            return Task.CompletedTask;
        });
        if (decision.Redirect is { } redirect)
        {
            CacheStatus.OfTheEdge(context, "redirect");
            context.Response.StatusCode = redirect.Status;
            context.Response.Headers.Location = redirect.Location;
            context.Response.Headers.CacheControl = "no-store";
            return;
        }

        ForwardedHeaders.Replace(context.Request, request);
        decision.RequestHeaders.ForEach(change => change.Apply(context.Request.Headers));
        context.Request.Path = decision.Path;
        context.Features.Set(decision);
        await next(context);
    }

    /// <summary>
    /// Where two servers disagree about which of them counts, the second reads a request that the first has not seen. Kestrel goes by
    /// Transfer-Encoding and puts the other away under this name.
    /// </summary>
    private static bool HasTwoLengths(HttpRequest request) =>
        request.Headers.TransferEncoding.Count > 0 && (request.Headers.ContentLength is not null || request.Headers.ContainsKey("X-Content-Length"));

    private static Task RefuseAsync(HttpContext context, Firewall.Refusal refusal)
    {
        // The body has not been read, and will not be.
        context.Response.Headers.Connection = "close";
        return refusal.RetryAfter is { } wait
            ? EdgeProblem.WriteAsync(
                context, StatusCodes.Status429TooManyRequests, "rate-limited", "Too many requests",
                string.Create(CultureInfo.InvariantCulture, $"More than {refusal.Rule.RateLimitThreshold} in {refusal.Rule.RateLimitDurationInMinutes} min from this address ({refusal.Rule.Name})."),
                (int)Math.Ceiling(wait.TotalSeconds))
            : EdgeProblem.WriteAsync(
                context, StatusCodes.Status403Forbidden, "refused-by-edge", "Refused before it reached the shop",
                $"The rule {refusal.Rule.Name} refuses it. {refusal.Rule.Description}".TrimEnd());
    }

    [LoggerMessage(LogLevel.Information, "The firewall's rule {Rule} matched: {Action}")]
    private partial void LogMatch(string rule, WafAction action);
}
