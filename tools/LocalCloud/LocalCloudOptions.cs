using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local;

/// <summary>How to run one local cloud. The defaults suit a test: free ports, a data folder of its own that is removed afterwards.</summary>
public sealed record LocalCloudOptions
{
    /// <summary>HTTP port on loopback; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Where storage, the token key and the timers' memory are kept over restarts; null for a temporary folder.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The function app's build or publish output; null for the newest build in this repository.</summary>
    public string? AppDirectory { get; init; }

    /// <summary>App settings on top of (and before) those that every local cloud has, e.g. <c>Images__MaxPixels</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// App settings that the worker gets in the place of those that the host has, so that a test can put something between the worker
    /// and what it depends on.
    /// </summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>What keeps the orders. Cosmos starts StrictCosmos in this process, in memory: its orders end with the cloud.</summary>
    public OrderStore Orders { get; init; }

    /// <summary>What keeps the carts. Redis needs a redis-server on the PATH.</summary>
    public SessionStore Sessions { get; init; }

    /// <summary>Whether webhooks may go to this machine and its network, over plain HTTP, too.</summary>
    public bool AllowPrivateWebhooks { get; init; }

    /// <summary>Whether an edge stands before one instance, with cache and rules as Front Door in Azure; before several, there always is one.</summary>
    public bool Edge { get; init; }

    /// <summary>The edge's rules file; null for infra/edge-rules.json of this repository.</summary>
    public string? EdgeRulesPath { get; init; }

    /// <summary>The country that the edge takes all clients to be in, two capital letters (ISO 3166-1); null for nowhere known.</summary>
    public string? EdgeCountry { get; init; }

    /// <summary>How long the edge waits for a request's line and headers.</summary>
    public TimeSpan EdgeHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether all functions run in one app, the default, or each capability in an app of its own behind the edge.</summary>
    public Topology Topology { get; init; }

    /// <summary>How many instances of each app to run behind an edge on the one port; null, the default, runs one, and a monolith without an edge.</summary>
    public int? Instances { get; init; }

    /// <summary>Lets the number of each app's instances follow the demand; null leaves it as it is. The edge is there as well.</summary>
    public ScaleRange? Scale { get; init; }

    /// <summary>How the edge spreads requests; null, the default, as its rules file says.</summary>
    public BalancingPolicy? Balancing { get; init; }

    /// <summary>Gets a look at the scaling with each decision, of each app about once a second; called from any thread.</summary>
    public Action<ScaleSample>? OnScaleSample { get; init; }

    /// <summary>Whether Azurite takes ports 10000 to 10002 when they are free, as storage tools expect.</summary>
    public bool PreferDefaultStoragePorts { get; init; }

    /// <summary>
    /// The connection string of a storage service that runs already, for clouds that share one; null starts an Azurite for this cloud.
    /// </summary>
    public string? StorageConnectionString { get; init; }

    /// <summary>What the number of instances goes by; null for what host.json says and Azure documents.</summary>
    internal ScaleTargets? ScaleTargets { get; init; }

    /// <summary>Gets the host's and the worker's log; null discards it.</summary>
    public ILoggerFactory? Loggers { get; init; }

    /// <summary>Gets lines for people to read while Azurite is being installed; called from any thread.</summary>
    public Action<string>? Progress { get; init; }
}
