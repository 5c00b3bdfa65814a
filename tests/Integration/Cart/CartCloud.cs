using System.Globalization;
using Azure.Data.Tables;
using ServerlessScale.Local;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Tests.Integration.Catalogue;
using StackExchange.Redis;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Two instances of the complete system. Each instance has its own worker. The instances share only their storage.</summary>
public abstract class CartCloud(LocalSessionBackend sessions) : IAsyncLifetime
{
    private LocalCloud _first = null!;
    private LocalCloud _second = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _first = await LocalCloud.StartAsync(new LocalCloudOptions { Sessions = sessions }, Ct);
        await KnownProducts.AddAsync(_first, Ct);
        _second = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                StorageConnectionString = _first.StorageConnectionString,
                Settings = _first.Redis?.AppSettings ?? new Dictionary<string, string>(),
            },
            Ct);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    /// <summary>Creates a shopper for a new customer.</summary>
    public Shopper NewShopper() => ShopperOf(NewCustomer());

    public Shopper ShopperOf(string customer, params string[] scopes) => new(
        [_first.CreateClient(), _second.CreateClient()],
        [_first.Token(customer, scopes), _second.Token(customer, scopes)]);

    public static string NewCustomer() => "customer-" + Guid.NewGuid().ToString("N");

    /// <summary>Returns a token with every scope.</summary>
    public string TokenOf(string customer) => _first.Token(customer);

    public HttpClient Anyone() => _first.CreateClient();

    /// <summary>Returns all keys and values in the cart store as text.</summary>
    public async Task<string> DumpAsync()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        if (_first.Redis is { } redis)
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
            await foreach (var key in connection.GetServers().Single().KeysAsync(pageSize: 1000).WithCancellation(Ct))
            {
                text.WriteLine($"{key} {await connection.GetDatabase().StringGetAsync(key)}");
            }

            return text.ToString();
        }

        foreach (var table in (string[])["Carts", "CartExpiry"])
        {
            await foreach (var row in new TableClient(_first.StorageConnectionString, table).QueryAsync<TableEntity>(cancellationToken: Ct))
            {
                text.WriteLine(string.Join(' ', row.Select(column => $"{column.Key}={column.Value}")));
            }
        }

        return text.ToString();
    }

    /// <summary>Returns true if the store contains a cart for this session. The cart can be at any stage of a checkout.</summary>
    public async Task<bool> KnowsAsync(string sid) =>
        SessionId.TryParse(sid, out var session) && (await DumpAsync()).Contains(session.StorageKey, StringComparison.Ordinal);
}

public sealed class CartCloudOnTables() : CartCloud(LocalSessionBackend.Tables);

public sealed class CartCloudOnRedis() : CartCloud(LocalSessionBackend.Redis);
