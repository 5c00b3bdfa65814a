using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Adds <c>Content-Length: 0</c> to a request without a body if its method is not idempotent. The connection pool of <see cref="HttpClient"/>
/// sends a request without content again, whatever its method, if the connection closes before a response arrives. It would place an order
/// twice. The pool counts <c>Content-Length: 0</c> as content, and then does not send the request again.
/// </summary>
internal sealed class ExplicitContentLength : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.ProxyRequest.Content is null && !SafeRetries.IsIdempotent(context.HttpContext.Request.Method))
        {
            AddHeader(context, HeaderNames.ContentLength, "0");
        }

        return ValueTask.CompletedTask;
    }
}
