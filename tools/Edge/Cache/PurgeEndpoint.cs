using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Responses;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// <c>POST /.edge/purge?path=/images/*</c> from this machine, with the token that the edge made at its start: forgets answers, and says
/// in <c>X-Purged</c> how many. What Azure does with <c>az afd endpoint purge</c>.
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

        CacheStatus.OfTheEdge(context, "purge");
        if (!IsAllowed(context))
        {
            return EdgeProblem.WriteAsync(
                context, StatusCodes.Status403Forbidden, "purge-refused", "Not allowed to purge",
                "A purge comes from this machine, with the token in the data folder: dotnet run --project tools/LocalCloud -- purge /images/*");
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return EdgeProblem.WriteAsync(
                context, StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed", "Allowed here: POST.");
        }

        if (PurgePattern.Parse(context.Request.Query["path"]) is not { } pattern)
        {
            return EdgeProblem.WriteAsync(
                context, StatusCodes.Status400BadRequest, "invalid-parameter", "Not a path to purge",
                "path must be a path, or one that ends with /*, as in ?path=/images/*.");
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
