using System.Net;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>Creates probe requests with the method that the origin group names. YARP's own factory always uses GET.</summary>
internal sealed class ProbeRequests : IProbingRequestFactory
{
    /// <summary>The metadata key of the method of a cluster's probes.</summary>
    public const string MethodKey = "ProbeRequests.Method";

    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination) => new(
        new HttpMethod(cluster.Config.Metadata![MethodKey]),
        new Uri(new Uri(destination.Config.Address), cluster.Config.HealthCheck!.Active!.Path))
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
