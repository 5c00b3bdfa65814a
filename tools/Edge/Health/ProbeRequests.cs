using System.Net;
using ServerlessScale.Edge.Forwarding;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Health;

/// <summary>YARP by itself probes with GET; Front Door with what its settings say.</summary>
internal sealed class ProbeRequests(EdgeOptions options) : IProbingRequestFactory
{
    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination)
    {
        var probes = options.Group(cluster.Config.ClusterId).Probes;
        return new(probes.Method, new Uri(new Uri(destination.Config.Address), probes.Path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }
}
