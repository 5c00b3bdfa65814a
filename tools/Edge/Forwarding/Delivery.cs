using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>What is known about a request that could not be delivered.</summary>
internal static class Delivery
{
    /// <summary>No connection was made, so not a byte of the request has left.</summary>
    public static bool IsRefused(IForwarderErrorFeature error) =>
        error is { Error: ForwarderError.Request, Exception: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } };

    /// <summary>
    /// Whether the request may be sent again, to another instance. Yes when nothing was sent. Otherwise only when the connection broke
    /// before any part of an answer, the method is idempotent (RFC 9110, 9.2.2) and there is no body, which would have been used up.
    /// </summary>
    public static bool MayBeRepeated(HttpContext context, IForwarderErrorFeature error) =>
        IsRefused(error)
        || (error.Error == ForwarderError.Request && IsIdempotent(context.Request.Method) && !HasBody(context));

    public static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsTrace(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
}
