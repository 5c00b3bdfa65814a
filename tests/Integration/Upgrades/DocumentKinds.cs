using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>
/// The items in Cosmos DB and the carts in Redis, converted by the serializers of their clients, and the manifests, written and read by
/// their store.
/// </summary>
internal sealed class DocumentKinds(BlobServiceClient blobs)
{
    private static readonly JsonSerializerOptions Cosmos = CosmosAccount
        .ClientOptions(new CosmosOptions(), CosmosOrderContainer.Metadata, CosmosProductContainer.Metadata)
        .UseSystemTextJsonSerializerWithOptions;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private BlobClient ManifestBlob => blobs.GetBlobContainerClient("manifests").GetBlobClient(Samples.ImageId.Value + ".json");

    public IEnumerable<StoredKind> All =>
    [
        OfItem("cosmos-order", CosmosItem<Order>.Of(Samples.Shard, Samples.Order.Id, Samples.Order)),
        OfItem("cosmos-order-key", CosmosItem<KeyRecord>.Of(Samples.Shard, Samples.OrderKey.Id, Samples.OrderKey, ttl: 90000)),
        OfItem("cosmos-order-event", CosmosItem<EventEnvelope>.Of(Samples.Shard, Samples.Event.Id, Samples.Event)),
        OfItem("cosmos-order-months", CosmosItem<MonthIndex>.Of(MonthIndex.ShardOf(Samples.Customer), MonthIndex.Id, new MonthIndex(["2026-10", "2026-11"]))),
        OfItem("cosmos-product", CosmosProduct.Of(Samples.Product)),
        Of("redis-cart", Samples.Cart, CartJson.Default.ShoppingCart),
        new("manifest", new { Samples.Manifest, Listed = ImageStatus.Ready }, WriteManifestAsync, ReadManifestAsync),
    ];

    private static StoredKind OfItem<T>(string name, T item)
        where T : class => Of(name, item, (JsonTypeInfo<T>)Cosmos.GetTypeInfo(typeof(T)));

    private static StoredKind Of<T>(string name, T value, JsonTypeInfo<T> format)
        where T : class => new(
            name,
            value,
            () => Task.FromResult(JsonSerializer.SerializeToNode(value, format)!),
            stored => Task.FromResult<object>(stored.Deserialize(format)!));

    private async Task<JsonNode> WriteManifestAsync()
    {
        await ManifestBlob.DeleteIfExistsAsync(cancellationToken: Ct);
        await new ManifestStore(blobs).CreateAsync(Samples.ImageId, Samples.Manifest, Ct);
        var blob = (await ManifestBlob.DownloadContentAsync(Ct)).Value;
        return new JsonObject
        {
            ["content"] = JsonNode.Parse(blob.Content),
            ["metadata"] = JsonSerializer.SerializeToNode(blob.Details.Metadata),
        };
    }

    private async Task<object> ReadManifestAsync(JsonNode stored)
    {
        await blobs.GetBlobContainerClient("manifests").CreateIfNotExistsAsync(cancellationToken: Ct);
        await ManifestBlob.UploadAsync(
            new BinaryData(stored["content"]!.ToJsonString()),
            new BlobUploadOptions { Metadata = stored["metadata"].Deserialize<Dictionary<string, string>>() },
            Ct);
        var store = new ManifestStore(blobs);
        var listed = new List<ManifestSummary>();
        await foreach (var summary in store.ListAsync(Samples.ImageId.Value, Ct))
        {
            listed.Add(summary);
        }

        return new { (await store.FindAsync(Samples.ImageId, Ct))!.Manifest, Listed = Assert.Single(listed).Status };
    }
}
