using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local;

/// <summary>How to run one local cloud. The defaults suit a test: free ports, and a temporary data folder that is deleted at the end.</summary>
public sealed record LocalCloudOptions
{
    /// <summary>The HTTP port on loopback; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The folder for the data of storage, the token key and the timers, which persist between runs; null means a temporary folder.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The function app's build or publish output; null means the newest build in this repository.</summary>
    public string? AppDirectory { get; init; }

    /// <summary>App settings that are added to those of every local cloud and override them, e.g. <c>Images__MaxPixels</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// App settings that override <see cref="Settings"/> for the worker, but not for the host. A test can use them to put a proxy between
    /// the worker and a backing service.
    /// </summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where orders are stored.</summary>
    public LocalOrderBackend Orders { get; init; }

    /// <summary>Where carts are stored.</summary>
    public LocalSessionBackend Sessions { get; init; }

    /// <summary>Whether webhooks may be sent to this machine and its private network, also over plain HTTP. Default false.</summary>
    public bool AllowPrivateWebhooks { get; init; }

    /// <summary>Whether an edge runs in front of a single instance, with the cache and rules of Azure Front Door. Several instances always have an edge.</summary>
    public bool Edge { get; init; }

    /// <summary>The edge's rules file; null means infra/edge-rules.json of this repository.</summary>
    public string? EdgeRulesPath { get; init; }

    /// <summary>The country that the edge assumes for all clients, as two capital letters (ISO 3166-1); null means unknown.</summary>
    public string? EdgeCountry { get; init; }

    /// <summary>How long the edge waits for the request line and headers. Default 10 seconds.</summary>
    public TimeSpan EdgeHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How the functions are divided among apps. Default: one app runs all of them.</summary>
    public Topology Topology { get; init; }

    /// <summary>The number of instances of each app behind an edge; null, the default, runs one instance, and a monolith without an edge.</summary>
    public int? Instances { get; init; }

    /// <summary>The range in which each app's number of instances follows the demand; null, the default, keeps the number constant.</summary>
    public ScaleRange? Scale { get; init; }

    /// <summary>The policy by which the edge balances requests; null, the default, means the policy in its rules file.</summary>
    public BalancingPolicy? Balancing { get; init; }

    /// <summary>Called at each scaling decision, about once a second per app, from any thread.</summary>
    public Action<ScaleSample>? OnScaleSample { get; init; }

    /// <summary>Whether Azurite uses the ports 10000 to 10002 if they are free, because storage tools expect them. Default false.</summary>
    public bool PreferDefaultStoragePorts { get; init; }

    /// <summary>The connection string of a running storage service, so that several clouds can share it; null starts an Azurite for this cloud.</summary>
    public string? StorageConnectionString { get; init; }

    /// <summary>The demand that one instance handles; null means the value in host.json and Azure's documented defaults.</summary>
    internal ScaleTargets? ScaleTargets { get; init; }

    /// <summary>Receives the log of the host and of the worker; null discards it.</summary>
    public ILoggerFactory? Loggers { get; init; }

    /// <summary>Called with lines for people to read while Azurite is being installed, from any thread.</summary>
    public Action<string>? Progress { get; init; }

    internal bool NeedsEdge => this is not { Instances: null, Scale: null, Edge: false, Topology: Topology.Monolith };
}

/// <summary>Where orders are stored.</summary>
public enum LocalOrderBackend
{
    /// <summary>Azurite's tables.</summary>
    Tables,

    /// <summary>StrictCosmos, which stands in for Cosmos DB. It runs in this process, and its data is lost at the end.</summary>
    Cosmos,
}

/// <summary>Where carts are stored.</summary>
public enum LocalSessionBackend
{
    /// <summary>Azurite's tables.</summary>
    Tables,

    /// <summary>A redis-server that is started for the cloud and loses its data at the end. redis-server must be on the PATH.</summary>
    Redis,
}
