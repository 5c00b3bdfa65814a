using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Sends the client's trace context (W3C Trace Context) to the origin. YARP does not copy these headers, because its HTTP client would send the
/// context of the edge's own span. The edge exports no spans, so its context would lead nowhere, and its sampling flag would keep the origin
/// from recording spans.
/// </summary>
internal sealed class TraceContextAsSent : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        foreach (var name in (string[])["traceparent", "tracestate"])
        {
            RemoveHeader(context, name);
            if (context.HttpContext.Request.Headers.TryGetValue(name, out var values))
            {
                AddHeader(context, name, values);
            }
        }

        return ValueTask.CompletedTask;
    }
}
