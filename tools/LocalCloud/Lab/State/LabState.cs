using System.Text.Json.Serialization;

namespace ServerlessScale.Local.Lab.State;

/// <summary>
/// The state of the running system, as <c>GET /_local/state</c> and the event stream return it. In JSON, the members have camelCase names,
/// and members without a value are <c>null</c>.
/// </summary>
public sealed record LabState
{
    /// <summary>The time at which the state was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The running system.</summary>
    public required SystemState System { get; init; }

    /// <summary>
    /// The temporary system that the running experiment has started beside the running system, e.g. with another topology; null for none.
    /// </summary>
    public SystemState? Guest { get; init; }

    /// <summary>The running or, if none is running, the most recent run of an experiment; null if there was none.</summary>
    public RunReference? Run { get; init; }

    /// <summary>The address of the Aspire dashboard, such as <c>http://127.0.0.1:38937/</c>; null if it does not run.</summary>
    public Uri? Dashboard { get; init; }

    /// <summary>The most recent events, oldest first, at most 50.</summary>
    public required IReadOnlyList<LabEvent> Events { get; init; }
}

/// <summary>A system: an edge, the apps behind it, and the stores.</summary>
public sealed record SystemState
{
    /// <summary>The name for captions, such as <c>shop</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>monolith</c> or <c>microservices</c>.</summary>
    public required string Topology { get; init; }

    public required EdgeState Edge { get; init; }

    /// <summary>The range within which the number of instances of each app follows the demand; null for a constant number.</summary>
    public ScaleState? Scaling { get; init; }

    /// <summary>The apps in the order of the topology. A monolith has one app.</summary>
    public required IReadOnlyList<AppState> Apps { get; init; }

    public required IReadOnlyList<StoreState> Stores { get; init; }
}

/// <summary>The edge. All counts are since the start of the system.</summary>
public sealed record EdgeState
{
    /// <summary>The base address for clients, such as <c>http://127.0.0.1:7071/</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The balancing policy, as in infra/edge-rules.json, such as <c>leastConnections</c>.</summary>
    public required string Policy { get; init; }

    /// <summary>The country that all clients are assumed to be in; <c>ZZ</c> if it is unknown.</summary>
    public required string Country { get; init; }

    /// <summary>The number of requests of clients that are not complete yet.</summary>
    public required int InFlight { get; init; }

    /// <summary>The number of responses to clients.</summary>
    public required long Responses { get; init; }

    /// <summary>The number of responses with status 503, which a client may repeat.</summary>
    public required long Unavailable { get; init; }

    /// <summary>The number of responses from the cache, or from a fetch that another request had started.</summary>
    public required long CacheHits { get; init; }

    /// <summary>The number of responses that the edge fetched because they were not in its cache.</summary>
    public required long CacheMisses { get; init; }

    /// <summary>The number of responses from origins to requests that may not be served from the cache.</summary>
    public required long Forwarded { get; init; }

    /// <summary>The number of requests that the edge itself answered or refused.</summary>
    public required long Refused { get; init; }
}

/// <param name="Min">The minimum number of instances of each app.</param>
/// <param name="Max">The maximum number of instances of each app.</param>
public sealed record ScaleState(int Min, int Max);

/// <summary>An app, its instances and its queues.</summary>
public sealed record AppState
{
    /// <summary>The name of the app, such as <c>instance</c> for the monolith or <c>orders</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The number of HTTP requests to the app that do not have a complete response yet, including those that wait for an instance.</summary>
    public required int Requests { get; init; }

    /// <summary>The instances that are starting, running, draining or lost, ordered by their number.</summary>
    public required IReadOnlyList<InstanceState> Instances { get; init; }

    /// <summary>The queues whose messages the app processes. Their lengths are at most about a second old.</summary>
    public required IReadOnlyList<QueueState> Queues { get; init; }
}

/// <summary>An instance of an app.</summary>
public sealed record InstanceState
{
    /// <summary>The name, such as <c>cart-2</c>.</summary>
    public required string Name { get; init; }

    public required InstancePhase State { get; init; }

    /// <summary>The process id of the worker; null while no worker is running.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The HTTP port of the instance; null while it does not listen.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the instance has responded to a request since its start. The first response of an instance is a cold start.</summary>
    public required bool Warm { get; init; }

    /// <summary>The time from the creation of the worker process until all functions were loaded, in milliseconds; null if unknown.</summary>
    public double? StartMs { get; init; }

    /// <summary>Whether the edge considers the instance healthy.</summary>
    public required bool Healthy { get; init; }

    /// <summary>Whether the edge sends requests to the instance.</summary>
    public required bool Available { get; init; }

    /// <summary>The relative share of the requests under the weighted policies.</summary>
    public required int Weight { get; init; }

    /// <summary>The number of requests that the instance has not completed yet.</summary>
    public required int InFlight { get; init; }

    /// <summary>The number of messages and timer events that the instance is processing.</summary>
    public required int Messages { get; init; }

    /// <summary>The number of responses with a status below 500.</summary>
    public required long Served { get; init; }

    /// <summary>The number of attempts without a response, or with a status from 500.</summary>
    public required long Failed { get; init; }

    /// <summary>The median latency of the last ten seconds in milliseconds; null without requests.</summary>
    public double? P50Ms { get; init; }

    /// <summary>The 99th percentile of the latency of the last ten seconds in milliseconds; null without requests.</summary>
    public double? P99Ms { get; init; }

    /// <summary>The resident memory of the worker in MB (10^6 bytes); null while no worker is running.</summary>
    public int? MemoryMb { get; init; }
}

/// <summary>The phases in the life of an instance.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InstancePhase>))]
public enum InstancePhase
{
    [JsonStringEnumMemberName("starting")]
    Starting,

    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>The worker process is stopped by a signal (SIGSTOP). It accepts connections, but does not respond.</summary>
    [JsonStringEnumMemberName("suspended")]
    Suspended,

    /// <summary>The instance completes its requests and gets no new ones.</summary>
    [JsonStringEnumMemberName("draining")]
    Draining,

    /// <summary>The instance was killed, and the edge has not been told.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,
}

/// <param name="Name">The name of the queue.</param>
/// <param name="Length">
/// The number of messages, including those that are being processed or that wait for their next attempt.
/// </param>
public sealed record QueueState(string Name, int Length);

/// <param name="Name">The data that the store holds, such as <c>orders</c>.</param>
/// <param name="Kind">The program: <c>azurite</c>, <c>strictcosmos</c> or <c>redis</c>.</param>
/// <param name="LagMs">The time by which the replicas lag behind the primary in milliseconds; null for a store without replicas.</param>
public sealed record StoreState(string Name, string Kind, double? LagMs = null);

/// <param name="Id">The number of the event, counted from 1 since the start of the system.</param>
/// <param name="At">The time of the event.</param>
/// <param name="Kind">
/// <c>instance</c> (an instance has changed its phase), <c>scale</c> (a scaling decision), <c>change</c> (an experiment has changed the system
/// or undone its change) or <c>experiment</c> (a run has started or ended).
/// </param>
/// <param name="Text">A sentence for people.</param>
/// <param name="App">The app that the event concerns; null for the whole system.</param>
/// <param name="Instance">The instance that the event concerns; null for the app.</param>
public sealed record LabEvent(long Id, DateTimeOffset At, string Kind, string Text, string? App = null, string? Instance = null);

/// <param name="Experiment">The name of the experiment.</param>
/// <param name="Id">The id of the run.</param>
/// <param name="Status">The status of the run, as in the run's own document.</param>
public sealed record RunReference(string Experiment, string Id, string Status);
