using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.FunctionHost;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local;

/// <summary>
/// The options for a local cloud. The defaults suit tests: free ports, and a temporary data folder that is deleted when the cloud is
/// disposed.
/// </summary>
public sealed record LocalCloudOptions
{
    /// <summary>The HTTP port on the loopback interface. The default, 0, selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The folder for stored data, the token key and the state of timers, all of which persist between runs; null for a temporary folder.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>The function app's build or publish output; null for the newest build in this repository.</summary>
    public string? AppDirectory { get; init; }

    /// <summary>
    /// App settings that are added to the default settings of a local cloud and override them, such as <c>Images__MaxPixels</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// App settings that override <see cref="Settings"/> for the worker, but not for the host. For example, a test can put a proxy between
    /// the worker and a backing service.
    /// </summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The store for orders.</summary>
    public LocalOrderBackend Orders { get; init; }

    /// <summary>
    /// The regions of StrictCosmos. The first region accepts writes. With several regions, the app uses the endpoint of each region and
    /// prefers them in this order. The default is a single region.
    /// </summary>
    public IReadOnlyList<string> CosmosRegions { get; init; } = [];

    /// <summary>The store for carts.</summary>
    public LocalSessionBackend Sessions { get; init; }

    /// <summary>
    /// Whether the Aspire dashboard runs, which shows the traces, metrics and logs of all workers. The default is false.
    /// </summary>
    public bool Dashboard { get; init; }

    /// <summary>
    /// Whether webhooks may be sent to this machine and its private network, including over plain HTTP. The default is false.
    /// </summary>
    public bool AllowPrivateWebhooks { get; init; }

    /// <inheritdoc cref="FunctionAppHostOptions.RestartsAfterLosses"/>
    public bool HostRestartsAfterLosses { get; init; } = true;

    /// <summary>
    /// Whether an edge runs in front of a single instance, with the same cache and rules as Front Door. Several instances are always behind
    /// an edge.
    /// </summary>
    public bool Edge { get; init; }

    /// <summary>The edge's rules file; null for infra/edge-rules.json in this repository.</summary>
    public string? EdgeRulesPath { get; init; }

    /// <summary>The country that the edge assumes for all clients, as two capital letters (ISO 3166-1); null if it is unknown.</summary>
    public string? EdgeCountry { get; init; }

    /// <summary>The time limit for a client to send the request line and headers to the edge. The default is 10 seconds.</summary>
    public TimeSpan EdgeHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The topology, which divides the functions among apps. By default, one app runs all functions.</summary>
    public Topology Topology { get; init; }

    /// <summary>
    /// The number of instances of each app behind an edge. The default, null, means one instance, and no edge for a monolith.
    /// </summary>
    public int? Instances { get; init; }

    /// <summary>
    /// The range within which the number of instances of each app follows the demand. The default, null, keeps the number constant.
    /// </summary>
    public ScaleRange? Scale { get; init; }

    /// <summary>The edge's load balancing policy. The default, null, selects the policy in the edge's rules file.</summary>
    public BalancingPolicy? Balancing { get; init; }

    /// <summary>Called for each scaling decision, about once per second for each app, on any thread.</summary>
    public Action<ScaleSample>? OnScaleSample { get; init; }

    /// <summary>
    /// Whether Azurite uses the ports 10000 to 10002 if they are free. Storage tools expect these ports. The default is false.
    /// </summary>
    public bool PreferDefaultStoragePorts { get; init; }

    /// <summary>
    /// The connection string of a running storage service, which several clouds can share; null to start an Azurite instance for this
    /// cloud.
    /// </summary>
    public string? StorageConnectionString { get; init; }

    /// <summary>
    /// Whether the laboratory runs, which shows the state of the system and runs experiments (<c>/_local</c> at the edge). It needs an edge.
    /// The default is false.
    /// </summary>
    public bool Lab { get; init; }

    /// <summary>Whether the traffic is counted and changes are recorded as events. The laboratory implies this.</summary>
    internal bool Observed { get; init; }

    /// <summary>The issuer of development tokens; null for the key in the data folder.</summary>
    internal DevelopmentTokens? Tokens { get; init; }

    /// <summary>The targets for scaling; null for the batch size in host.json and Azure's documented defaults.</summary>
    internal ScaleTargets? ScaleTargets { get; init; }

    /// <summary>Receives the logs of the host and the worker; null to discard them.</summary>
    public ILoggerFactory? Loggers { get; init; }

    /// <summary>Called on any thread with human-readable progress messages while Azurite is being installed.</summary>
    public Action<string>? Progress { get; init; }

    internal bool NeedsEdge => this is not { Instances: null, Scale: null, Edge: false, Lab: false, Topology: Topology.Monolith };
}

/// <summary>A store for orders.</summary>
public enum LocalOrderBackend
{
    /// <summary>Azurite's tables.</summary>
    Tables,

    /// <summary>
    /// StrictCosmos, which stands in for Cosmos DB. It runs in this process, and its data is lost when the cloud is disposed.
    /// </summary>
    Cosmos,
}

/// <summary>A store for carts.</summary>
public enum LocalSessionBackend
{
    /// <summary>Azurite's tables.</summary>
    Tables,

    /// <summary>
    /// A redis-server that is started for the cloud and loses its data when the cloud is disposed. redis-server must be on the PATH.
    /// </summary>
    Redis,
}
