using System.Buffers;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// A version of an item, as it appears in responses. Its JSON has the submitted properties, followed by the system properties.
/// </summary>
internal sealed class StoredItem
{
    private static readonly string[] SystemProperties = ["_rid", "_self", "_etag", "_attachments", "_ts"];
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = ServiceLimits.NestingDepth };
    private JsonDocument? _document;

    private StoredItem(string id, string partitionKey, ulong number, string resourceId, string etag, ReadOnlyMemory<byte> json, DateTimeOffset? expiresAt)
    {
        Id = id;
        PartitionKey = partitionKey;
        Number = number;
        ResourceId = resourceId;
        ETag = etag;
        Json = json;
        ExpiresAt = expiresAt;
    }

    public string Id { get; }

    /// <summary>The effective partition key.</summary>
    public string PartitionKey { get; }

    /// <summary>
    /// The number of the item. Each new item in the physical partition has a larger number than the previous one. Queries order items with
    /// equal sort values by their numbers.
    /// </summary>
    public ulong Number { get; }

    public string ResourceId { get; }

    public string ETag { get; }

    /// <summary>The item as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>The parsed item. It is parsed when it is first used, because most requests need only the bytes.</summary>
    public JsonElement Root => (_document ??= JsonDocument.Parse(Json, Reading)).RootElement;

    /// <param name="submitted">The item that the client sent.</param>
    /// <param name="number">The number of the item. A new version has the same number as the version that it replaces.</param>
    /// <param name="container">The container, which determines the item's ids, links and default time to live.</param>
    /// <param name="now">The current time.</param>
    public static StoredItem Create(SubmittedItem submitted, ulong number, ContainerIdentity container, DateTimeOffset now)
    {
        var resourceId = container.DocumentId(number);
        var etag = $"\"{Guid.NewGuid()}\"";
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var property in submitted.Root.EnumerateObject())
            {
                if (Array.IndexOf(SystemProperties, property.Name) < 0)
                {
                    property.WriteTo(writer);
                }
            }
            writer.WriteString("_rid", resourceId);
            writer.WriteString("_self", $"{container.SelfLink}docs/{resourceId}/");
            writer.WriteString("_etag", etag);
            writer.WriteString("_attachments", "attachments/");
            writer.WriteNumber("_ts", now.ToUnixTimeSeconds());
            writer.WriteEndObject();
        }
        return new StoredItem(submitted.Id, submitted.PartitionKey, number, resourceId, etag, json.WrittenMemory, Expiry(submitted, container, now));
    }

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    private static DateTimeOffset? Expiry(SubmittedItem submitted, ContainerIdentity container, DateTimeOffset now)
    {
        // As in Azure, an item's own ttl has no effect unless the container has a default time to live.
        if (container.DefaultTimeToLiveSeconds is not { } byDefault)
        {
            return null;
        }
        var seconds = submitted.TimeToLiveSeconds ?? byDefault;
        return seconds < 0 ? null : now.AddSeconds(seconds);
    }
}
