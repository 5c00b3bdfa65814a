using Azure.Data.Tables;
using ServerlessScale.Local;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Tests.Integration.Catalogue;

/// <summary>
/// The products that tests order. They are written directly to the store, so that no app has to run. The Reliability project compiles this
/// file, too.
/// </summary>
internal static class KnownProducts
{
    public const long Price = 1250;

    /// <summary>A product at the maximum price.</summary>
    public const string Gold = "gold";

    /// <summary>A product whose price is in yen.</summary>
    public const string Yen = "yen";

    /// <summary>A product that is not active.</summary>
    public const string Retired = "retired";

    private static readonly string[] Plain =
    [
        "mug-1", "mug", "tea", "a", "b", "c.d_e-F", "cup", "bait", "next", "first", "late", "one-more",
        .. Enumerable.Range(0, 10).Select(number => $"sku-{number}"),
        .. Enumerable.Range(0, 50).Select(number => $"sku-{number:D2}"),
        .. Enumerable.Range(0, 100).Select(number => $"sku-{number:D3}"),
    ];

    public static IReadOnlyList<Product> All { get; } =
    [
        .. Plain.Select(sku => Of(sku)),
        Of(Gold, ProductRules.MaxPrice),
        Of(Yen) with { Currency = "JPY" },
        Of(Retired) with { Active = false },
    ];

    public static Product Of(string sku, long price = Price) => new()
    {
        Sku = sku,
        Name = sku,
        Description = "",
        Price = price,
        Currency = "EUR",
        Active = true,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        ChangeId = Guid.NewGuid(),
    };

    /// <summary>Adds the products to the store of a cloud.</summary>
    public static async Task AddAsync(LocalCloud cloud, CancellationToken cancellationToken)
    {
        if (cloud.Cosmos is not { } cosmos)
        {
            await AddAsync(new TableProductStore(new TableServiceClient(cloud.StorageConnectionString)), cancellationToken);
            return;
        }

        using var account = new CosmosAccount(
            new CosmosOptions { ConnectionString = cosmos.ConnectionString, LimitToEndpoint = true, CreateIfMissing = true },
            () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."));
        await AddAsync(new CosmosProductStore(account), cancellationToken);
    }

    /// <summary>Adds the products to a store. Products that exist do not change.</summary>
    public static async Task AddAsync(IProductStore store, CancellationToken cancellationToken)
    {
        // The first addition creates the table or the container.
        await store.TryAddAsync(All[0], cancellationToken);
        await Task.WhenAll(All.Skip(1).Select(product => store.TryAddAsync(product, cancellationToken)));
    }
}
