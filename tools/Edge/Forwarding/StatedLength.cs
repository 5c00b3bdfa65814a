using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Says that there is no body where a method other than the idempotent ones has none. <see cref="HttpClient"/>'s connection pool sends
/// a request again by itself when the connection closes before an answer and no content was begun, whatever the method: an order would
/// be placed twice. A stated length of zero is a content that was begun.
/// </summary>
internal sealed class StatedLength : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.ProxyRequest.Content is null && !Delivery.IsIdempotent(context.HttpContext.Request.Method))
        {
            AddHeader(context, HeaderNames.ContentLength, "0");
        }

        return ValueTask.CompletedTask;
    }
}
