using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessScale.StrictCosmos.Control;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Handlers;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos;

/// <summary>
/// An in-memory stand-in for the gateway of Azure Cosmos DB for NoSQL. Clients connect to it with the real SDK
/// (<c>ConnectionMode.Gateway</c>). It enforces the service's limits, and it can be told to fail requests. README.md lists the
/// supported features.
/// </summary>
public sealed class StrictCosmosServer : IAsyncDisposable
{
    private const int KeyBytes = 64;

    private readonly WebApplication _application;
    private readonly Account _account;

    private StrictCosmosServer(WebApplication application, Account account, string key, Regions regions, Replication replication, FaultInjection faults, OperationMeters meters)
    {
        _application = application;
        _account = account;
        Key = key;
        Regions = regions;
        Replication = replication;
        Faults = faults;
        Meters = meters;
    }

    /// <summary>
    /// The account's endpoint. Requests to it are served by the write region. If a client must not use the endpoints of the regions, set
    /// <c>LimitToEndpoint</c> on the client.
    /// </summary>
    public Uri Endpoint => Regions.AccountEndpoint;

    /// <summary>The account's key in base64.</summary>
    public string Key { get; }

    public string ConnectionString => $"AccountEndpoint={Endpoint};AccountKey={Key};";

    public Regions Regions { get; }

    public Replication Replication { get; }

    public FaultInjection Faults { get; }

    public OperationMeters Meters { get; }

    /// <summary>Reads the number of items and the meters of every physical partition.</summary>
    public IReadOnlyList<PartitionReading> ReadPartitions() =>
    [
        .. from database in _account.Databases
           from container in database.Containers
           from partition in container.Partitions
           select new PartitionReading(database.Name, container.Name, partition.Id, partition.ItemCount, partition.Meter.Read()),
    ];

    /// <summary>
    /// Makes another region the write region, and discards the commits that have not been replicated. As after a forced failover in Azure,
    /// the session tokens of clients that saw those commits are then ahead of the new write region.
    /// </summary>
    /// <exception cref="ArgumentException">The region does not exist.</exception>
    public void FailOverWithLossTo(string region)
    {
        Regions.FailOverTo(region);
        foreach (var partition in from database in _account.Databases from container in database.Containers from partition in container.Partitions select partition)
        {
            partition.LoseUnreplicated();
        }
    }

    /// <returns>A server that accepts requests.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the key is not base64.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<StrictCosmosServer> StartAsync(StrictCosmosOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new StrictCosmosOptions();
        options.Validate();
        var key = KeyOf(options);
        var account = new Account(options.Time);
        var regions = new Regions(options.Regions);
        var replication = new Replication();
        var faults = new FaultInjection(options.Seed);
        var meters = new OperationMeters();
        var gateway = new Gateway(
            account,
            new MetadataHandler(account, regions, replication, options),
            new MasterKeySignature(key, options.Time),
            regions,
            faults,
            meters,
            options.Time);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.MostDiscardedBytes;
            kestrel.Listen(IPAddress.Loopback, options.Port);
            for (var region = 0; regions.All.Count > 1 && region < regions.All.Count; region++)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        var application = builder.Build();
        var server = new StrictCosmosServer(application, account, Convert.ToBase64String(key), regions, replication, faults, meters);
        ControlEndpoints.Map(application, server);
        // The default pattern of a fallback excludes paths whose last segment contains a dot, but the id of an item may contain a dot.
        application.MapFallback("{**path}", gateway.HandleAsync);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
        SetEndpoints(application, regions);
        return server;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private static void SetEndpoints(WebApplication application, Regions regions)
    {
        var addresses = application.Urls
            .Select(address => new Uri(address.TrimEnd('/') + "/"))
            .ToList();
        regions.AccountEndpoint = addresses[0];
        // The first address is the account's endpoint. If there are several regions, the remaining addresses are the regions' endpoints.
        foreach (var (region, endpoint) in regions.All.Zip(addresses.TakeLast(regions.All.Count)))
        {
            region.Endpoint = endpoint;
        }
    }

    private static byte[] KeyOf(StrictCosmosOptions options)
    {
        if (options.Key is null)
        {
            return RandomNumberGenerator.GetBytes(KeyBytes);
        }
        try
        {
            return Convert.FromBase64String(options.Key);
        }
        catch (FormatException malformed)
        {
            throw new ArgumentException("The account's key must be base64.", nameof(options), malformed);
        }
    }
}

/// <summary>A host lifetime that ignores Ctrl-C and signals. The process that embeds the server handles them.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
