using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Responses;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// Handles <c>POST /.edge/purge?path=/images/*</c>. It removes the matching responses from the cache and returns the number of removed
/// responses in the <c>X-Purged</c> header. The request must come from this machine and present the purge token. The equivalent command in
/// Azure is <c>az afd endpoint purge</c>.
/// </summary>
internal sealed class PurgeEndpoint(EdgeCache cache, string token)
{
    public const string Path = "/.edge/purge";
    public const string CountHeader = "X-Purged";

    private readonly byte[] _authorization = Encoding.UTF8.GetBytes($"Bearer {token}");

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != Path)
        {
            return next(context);
        }

        CacheStatus.FromEdge(context, "purge");
        if (!IsAllowed(context))
        {
            return EdgeProblem.WriteAsync(
                context, StatusCodes.Status403Forbidden, "purge-refused", "The purge is not allowed",
                "A purge request must come from this machine and present the purge token as a bearer token.");
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return EdgeProblem.WriteAsync(
                context, StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed", "The only allowed method is POST.");
        }

        if (PurgePattern.Parse(context.Request.Query["path"]) is not { } pattern)
        {
            return EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "invalid-parameter", "The path is not valid",
                "The path parameter must be a path or a prefix that ends with /*, as in ?path=/images/*.");
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers[CountHeader] = cache.Purge(pattern).ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    private bool IsAllowed(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(context.Request.Headers[HeaderNames.Authorization].ToString()), _authorization);
}
