using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Logic;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>Sends a request to the origin group that the rules have decided on.</summary>
internal sealed class GroupChoice(IProxyStateLookup state)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<EdgeDecision>() is { } decision)
        {
            if (!state.TryGetCluster(decision.OriginGroup, out var cluster))
            {
                throw new InvalidOperationException($"The edge was started without the origin group {decision.OriginGroup}.");
            }

            // A route of its own, as YARP's later steps find the cluster by the route.
            var route = context.GetRouteModel();
            context.ReassignProxyRequest(new RouteModel(route.Config, cluster, route.Transformer), cluster);
        }

        return next(context);
    }
}
