using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge.Responses;

/// <summary>
/// Removes the headers that the origin names in Connection from the response. They apply only to the connection between the edge and the
/// origin (RFC 9110 section 7.6.1). YARP removes Connection itself, but not the headers that it names. An origin must not name Cache-Control.
/// If it does, the header stays, because the response might otherwise be cached against the origin's intention.
/// </summary>
internal sealed class NominatedHeaders : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is { } response)
        {
            foreach (var name in response.Headers.Connection.Where(name => !name.Equals(HeaderNames.CacheControl, StringComparison.OrdinalIgnoreCase)))
            {
                context.HttpContext.Response.Headers.Remove(name);
            }
        }

        return ValueTask.CompletedTask;
    }
}
