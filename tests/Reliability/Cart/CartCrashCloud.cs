using ServerlessScale.Local;
using ServerlessScale.Local.Sessions;
using ServerlessScale.Local.Storage;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Reliability.Orders;

namespace ServerlessScale.Tests.Reliability.Cart;

/// <summary>The complete system with a trap between the worker and the stores for carts and orders.</summary>
public abstract class CartCrashCloud(LocalSessionBackend sessions) : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("cart-crashes-").FullName;
    private readonly List<IAsyncDisposable> _started = [];
    private LocalCloud _cloud = null!;

    internal CheckoutTrap Trap { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var azurite = Keep(await AzuriteProcess.StartAsync(new AzuriteOptions { DataDirectory = Path.Combine(_data, "azurite") }, Ct));
        var tables = Keep(await TrappingProxy.StartAsync(azurite.TableUri, Trap, Ct));
        var trapped = azurite.ConnectionString
            .Replace($"TableEndpoint={azurite.TableUri};", $"TableEndpoint={tables.Address};", StringComparison.Ordinal);
        var settings = new Dictionary<string, string>();
        if (sessions == LocalSessionBackend.Redis)
        {
            var redis = Keep(await RedisProcess.StartAsync(cancellationToken: Ct));
            var proxy = Keep(new RedisTrapProxy(redis.Port, Trap));
            settings["Cart__Store"] = "redis";
            settings["Cart__Redis__ConnectionString"] = proxy.ConnectionString;
        }

        _cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                DataDirectory = _data,
                StorageConnectionString = azurite.ConnectionString,
                Settings = settings,
                WorkerSettings = new Dictionary<string, string> { ["AzureWebJobsStorage"] = trapped },
            },
            Ct);
        await KnownProducts.AddAsync(_cloud, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _cloud.DisposeAsync();
        for (var i = _started.Count - 1; i >= 0; i--)
        {
            await _started[i].DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Kills the worker the next time it sends the given checkout step to a store.</summary>
    /// <param name="step">A constant in <see cref="CheckoutTrap"/>.</param>
    /// <param name="afterwards">
    /// If true, the worker is killed after the store has executed the step. If false, it is killed before the store receives the step.
    /// </param>
    /// <returns>A task that completes when the worker has been killed.</returns>
    internal Task KillAt(string customer, string step, bool afterwards) => Trap.Arm(customer, step: null, step, afterwards, context =>
    {
        _cloud.KillWorker();
        context.Abort();
    }).Struck;

    public HttpClient ClientOf(string customer) => _cloud.CreateClient(_cloud.Token(customer));

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }
}

public sealed class CartCrashCloudOnTables() : CartCrashCloud(LocalSessionBackend.Tables);

public sealed class CartCrashCloudOnRedis() : CartCrashCloud(LocalSessionBackend.Redis);
