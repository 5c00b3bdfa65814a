using Microsoft.Extensions.DependencyInjection;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Health;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Rules;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace ServerlessScale.Edge;

/// <summary>Registers the services that forward requests to origins.</summary>
internal static class EdgeForwarding
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    public static void Add(IServiceCollection services, IReadOnlyList<OriginGroup> groups, EdgeOptions options)
    {
        services.AddSingleton(_ => new EdgeOrigins(groups, new(options)));
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<EdgeOrigins>());
        services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<EdgeOrigins>().Provider);
        services.AddSingleton(new ClientCountry(options.Country));
        services.AddSingleton<GroupChoice>();
        services.AddSingleton(provider => new ColdStartGate(
            groups.Select(group => group.Name), provider.GetRequiredService<EdgeOrigins>(), options.ColdStartPatience, options.MaxWaiting));
        services.AddSingleton<SafeRetries>();
        services.AddSingleton<IProbingRequestFactory, ProbeRequests>();
        services.AddSingleton<IAvailableDestinationsPolicy, FirstPriority>();
        services.AddSingleton<IActiveHealthCheckPolicy, SampledProbes>();
        services.AddSingleton<DeliveryFailures>();
        services.AddSingleton<IPassiveHealthCheckPolicy>(provider => provider.GetRequiredService<DeliveryFailures>());
        var slowStart = new SlowStart(options.SlowStart, options.Time);
        foreach (var policy in Enum.GetValues<BalancingPolicy>())
        {
            services.AddSingleton<ILoadBalancingPolicy>(new EdgeLoadBalancingPolicy(policy, slowStart));
        }

        services.AddReverseProxy()
            .AddTransforms(transforms =>
            {
                // The app needs the host name from the client's request, because it uses that name in links and cookies.
                transforms.AddOriginalHost(true);

                // YARP's own transforms would overwrite the X-Forwarded headers that the edge's rules have set.
                transforms.UseDefaultForwarders = false;
                transforms.RequestTransforms.Add(new ExplicitContentLength());
                transforms.RequestTransforms.Add(new PathAsSent());
                transforms.RequestTransforms.Add(new TraceContextAsSent());
                transforms.AddRequestTransform(request =>
                {
                    request.ProxyRequest.Options.Set(SilenceDetection.ContextKey, request.HttpContext);
                    return ValueTask.CompletedTask;
                });
                transforms.AddResponseTransform(response =>
                {
                    if (response.ProxyResponse is { } received)
                    {
                        response.SuppressResponseBody = SafeRetries.DiscardsResponse(response.HttpContext, received);
                        NominatedHeaders.Remove(response.HttpContext.Response.Headers, received.Headers.Connection);
                    }

                    return ValueTask.CompletedTask;
                });
            });
        services.AddSingleton<IForwarderHttpClientFactory>(provider => new OriginHttpClients(
            ConnectTimeout, options.FirstByteTimeout, provider.GetRequiredService<DeliveryFailures>()));
    }
}
