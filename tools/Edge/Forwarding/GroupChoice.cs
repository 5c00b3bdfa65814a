using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessScale.Edge.Logic;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>Assigns a request to the cluster of the origin group that the rules have chosen.</summary>
internal sealed class GroupChoice(IProxyStateLookup state)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var group = context.Features.GetRequiredFeature<EdgeDecision>().OriginGroup;
        if (!state.TryGetCluster(group, out var cluster))
        {
            throw new InvalidOperationException($"The edge was started without the origin group {group}.");
        }

        // Each request needs its own route model, because YARP's later middleware reads the cluster from the route.
        var route = context.GetRouteModel();
        context.ReassignProxyRequest(new RouteModel(route.Config, cluster, route.Transformer), cluster);
        return next(context);
    }
}
