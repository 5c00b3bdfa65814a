using System.Buffers;
using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>One version of an item, as it is answered: the submitted properties followed by the system's.</summary>
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

    /// <summary>Grows with each creation in the container; the order of a scan within a logical partition.</summary>
    public ulong Number { get; }

    public string ResourceId { get; }

    public string ETag { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Parsed on first use: most items are only ever read as bytes.</summary>
    public JsonElement Root => (_document ??= JsonDocument.Parse(Json, Reading)).RootElement;

    /// <param name="number">Of the creation; kept by a replacement.</param>
    /// <param name="container">Gives ids, links and the default time to live.</param>
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
        // Without a default on the container the items' own ttl has no effect, as in Azure.
        if (container.DefaultTimeToLiveSeconds is not { } byDefault)
        {
            return null;
        }
        var seconds = submitted.TimeToLiveSeconds ?? byDefault;
        return seconds < 0 ? null : now.AddSeconds(seconds);
    }
}
