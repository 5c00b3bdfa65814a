using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Shared.Catalogue.Stores;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>The number of changes that the next read after the change showed.</summary>
internal sealed record VisibleChanges(string Name, int Product, int Listing);

/// <summary>Reads one product behind an edge, while the product changes.</summary>
internal sealed class ProductBench(int clients, int changes, FailedRequests failed, IMeasurementProgress progress)
{
    private const string Sku = "mug-1";
    private const string Product = $"/api/products/{Sku}";
    private const string Listing = "/api/products";

    private long _price = 1_000;

    public async Task<(IReadOnlyList<Wave> Waves, IReadOnlyList<VisibleChanges> Visible)> RunAsync(CancellationToken cancellationToken)
    {
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions { AppDirectory = await ReleaseApp.BuildAsync(progress.Say, cancellationToken), Edge = true, Progress = progress.Say },
            cancellationToken);
        await BenchProducts.AddAsync(cloud, [(Sku, _price)], cancellationToken);
        using var anyone = cloud.CreateClient();
        using var merchant = cloud.CreateClient(cloud.Token());
        using var waves = new Waves(cloud, "GetProduct", clients, failed, progress);
        progress.Begin(6);
        var store = new TableProductStore(new TableServiceClient(cloud.StorageConnectionString));

        var first = await waves.SendAsync("empty cache", Product, cancellationToken);
        var second = await waves.SendAsync("stored response", Product, cancellationToken);

        // A change that the edge does not see, as if it had passed through another edge.
        var withoutPurge = await ChangeAsync("behind the edge, without a purge", anyone, () => ChangeInStoreAsync(store, cancellationToken), cancellationToken);
        var withPurge = await ChangeAsync(
            "behind the edge, followed by a purge of both paths",
            anyone,
            async () =>
            {
                await ChangeInStoreAsync(store, cancellationToken);
                await cloud.PurgeAsync(Product, cancellationToken);
                await cloud.PurgeAsync(Listing, cancellationToken);
            },
            cancellationToken);
        var throughEdge = await ChangeAsync("through the edge, without a purge", anyone, () => ChangeThroughEdgeAsync(merchant, cancellationToken), cancellationToken);

        await cloud.PurgeAsync(Product, cancellationToken);
        var afterPurge = await waves.SendAsync("after a purge", Product, cancellationToken);
        return ([first, second, afterPurge], [withoutPurge, withPurge, throughEdge]);
    }

    private async Task<VisibleChanges> ChangeAsync(string name, HttpClient anyone, Func<Task> change, CancellationToken cancellationToken)
    {
        var (product, listing) = (0, 0);
        for (var number = 0; number < changes; number++)
        {
            _price++;
            await change();
            product += (await ReadAsync(anyone, Product, cancellationToken)).GetProperty("price").GetInt64() == _price ? 1 : 0;
            listing += (await ReadAsync(anyone, Listing, cancellationToken)).GetProperty("products")[0].GetProperty("price").GetInt64() == _price ? 1 : 0;
        }

        progress.Step($"{name}: {product} of {changes} changes were visible to the next read");
        return new(name, product, listing);
    }

    private async Task ChangeInStoreAsync(TableProductStore store, CancellationToken cancellationToken)
    {
        var read = (await store.FindAsync(Sku, cancellationToken))!;
        if (!await store.TryReplaceAsync(read, read.Product with { Price = _price, ChangeId = Guid.NewGuid() }, cancellationToken))
        {
            throw new CommandException("The product changed, although nobody else changes it.");
        }
    }

    private async Task ChangeThroughEdgeAsync(HttpClient merchant, CancellationToken cancellationToken)
    {
        using var current = await failed.SendUntilExpectedAsync(merchant, $"GET {Product}", () => new(HttpMethod.Get, Product), cancellationToken, HttpStatusCode.OK);
        using var changed = await failed.SendUntilExpectedAsync(
            merchant,
            $"PUT {Product}",
            () => new(HttpMethod.Put, Product)
            {
                Content = JsonContent.Create(new { name = Sku, description = "", price = _price, currency = "EUR", active = true }),
                Headers = { IfMatch = { current.Headers.ETag! } },
            },
            cancellationToken,
            HttpStatusCode.OK);
    }

    private async Task<JsonElement> ReadAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        using var response = await failed.SendUntilExpectedAsync(client, $"GET {path}", () => new(HttpMethod.Get, path), cancellationToken, HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
