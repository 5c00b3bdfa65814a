using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// The middleware that applies the rules file to a request before the cache is consulted. It evaluates the firewall first, then selects the
/// route, and then executes the route's rule sets. Front Door uses the same order
/// (learn.microsoft.com/azure/frontdoor/front-door-routing-architecture).
/// </summary>
internal sealed partial class RequestRules
{
    private readonly Firewall _firewall;
    private readonly RuleEngine _rules;
    private readonly ClientCountry _country;
    private readonly ILogger _logger;

    /// <param name="rules">The rules to apply.</param>
    /// <param name="country">The country that all clients are assumed to be in.</param>
    /// <param name="time">The clock for the rate limits.</param>
    /// <param name="logger">Receives a message for each firewall rule that matches a request.</param>
    public RequestRules(EdgeRules rules, ClientCountry country, TimeProvider time, ILogger<RequestRules> logger)
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
            CacheStatus.FromEdge(context, "malformed");
            context.Response.Headers.Connection = "close";
            await EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "ambiguous-length", "The length of the body is ambiguous",
                "The request has both Content-Length and Transfer-Encoding (RFC 9112 section 6.1). Send only one of them.");
            return;
        }

        var request = new EdgeRequest(context.Request, _country.Code);
        if (_firewall.Examine(request) is { } refusal)
        {
            CacheStatus.FromEdge(context, "waf");
            await RefuseAsync(context, refusal);
            return;
        }

        if (_rules.Decide(request) is not { } decision)
        {
            CacheStatus.FromEdge(context, "no-route");
            await EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "no-edge-route", "No route",
                $"No edge route matches the path {context.Request.Path}.");
            return;
        }

        context.Response.OnStarting(() =>
        {
            decision.ResponseHeaders.ForEach(change => change.Apply(context.Response.Headers));
            return Task.CompletedTask;
        });
        if (decision.Redirect is { } redirect)
        {
            CacheStatus.FromEdge(context, "redirect");
            context.Response.StatusCode = redirect.Status;
            context.Response.Headers.Location = redirect.Location;
            context.Response.Headers.CacheControl = "no-store";
            return;
        }

        NominatedHeaders.Remove(context.Request.Headers, context.Request.Headers.GetCommaSeparatedValues(HeaderNames.Connection));
        ForwardedHeaders.Replace(context.Request, request);
        decision.RequestHeaders.ForEach(change => change.Apply(context.Request.Headers));
        ForwardableHeaders.Reduce(context.Request.Headers);
        context.Request.Path = decision.Path;
        context.Features.Set(decision);
        await next(context);
    }

    /// <summary>
    /// Returns whether a request has both Content-Length and Transfer-Encoding. If the edge and the origin disagreed about which header
    /// applies, the body could contain a second request that the origin processes although the edge has not examined it (request
    /// smuggling). Kestrel applies Transfer-Encoding and moves the value of Content-Length to X-Content-Length.
    /// </summary>
    private static bool HasTwoLengths(HttpRequest request) =>
        request.Headers.TransferEncoding.Count > 0 && (request.Headers.ContentLength is not null || request.Headers.ContainsKey("X-Content-Length"));

    private static Task RefuseAsync(HttpContext context, Firewall.Refusal refusal)
    {
        // The edge does not read the body of a refused request, so the connection cannot be reused.
        context.Response.Headers.Connection = "close";
        return refusal.RetryAfter is { } wait
            ? EdgeProblem.WriteAsync(
                context, StatusCodes.Status429TooManyRequests, "rate-limited", "Too many requests",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"This address has sent more than {refusal.Rule.RateLimitThreshold} requests in {refusal.Rule.RateLimitDurationInMinutes} min ({refusal.Rule.Name})."),
                (int)Math.Ceiling(wait.TotalSeconds))
            : EdgeProblem.WriteAsync(
                context, StatusCodes.Status403Forbidden, "refused-by-edge", "The edge refused the request",
                $"The {refusal.Rule.Name} rule refuses this request. {refusal.Rule.Description}".TrimEnd());
    }

    [LoggerMessage(LogLevel.Information, "The firewall rule {Rule} matched a request; its action is {Action}")]
    private partial void LogMatch(string rule, WafAction action);
}
