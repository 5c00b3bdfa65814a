using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Adds <c>Content-Length: 0</c> to a request without a body if its method is not idempotent. If a connection closes before a response
/// arrives, the connection pool of <see cref="HttpClient"/> resends a request without content, regardless of the method. An order could
/// therefore be placed twice. The pool treats <c>Content-Length: 0</c> as content and does not resend the request.
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
