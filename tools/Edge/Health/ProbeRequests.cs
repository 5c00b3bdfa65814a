using System.Net;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>Creates probe requests with the HTTP method that the origin group specifies. YARP's default factory always uses GET.</summary>
internal sealed class ProbeRequests : IProbingRequestFactory
{
    /// <summary>The metadata key for the HTTP method of a cluster's probes.</summary>
    public const string MethodKey = "ProbeRequests.Method";

    /// <summary>The option of a probe that contains the destination that is probed.</summary>
    public static readonly HttpRequestOptionsKey<DestinationModel> DestinationKey = new("ProbeRequests.Destination");

    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(cluster.Config.Metadata![MethodKey]),
            new Uri(new Uri(destination.Config.Address), cluster.Config.HealthCheck!.Active!.Path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Options.Set(DestinationKey, destination);
        return request;
    }
}
