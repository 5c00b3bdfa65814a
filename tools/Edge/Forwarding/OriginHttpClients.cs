using ServerlessScale.Edge.Health;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>Creates the HTTP client of each origin group.</summary>
/// <param name="connectTimeout">The time limit for establishing a connection to an origin.</param>
/// <param name="firstByteTimeout">The time after which an origin that has sent no response is probed.</param>
/// <param name="deliveries">Ejects origins that have stopped responding.</param>
internal sealed class OriginHttpClients(TimeSpan connectTimeout, TimeSpan firstByteTimeout, DeliveryFailures deliveries) : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = connectTimeout;
        handler.ActivityHeadersPropagator = null; // TraceContextAsSent
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new SilenceDetection(base.WrapHandler(context, handler), firstByteTimeout, deliveries);
}
