using System.Buffers;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>Writes the feed of a container's partition key ranges, which the SDK reads to route queries to physical partitions.</summary>
internal static class PartitionKeyRangeFeed
{
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Describe(Container container)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        writer.WriteString("_rid", container.Identity.ResourceId);
        writer.WriteStartArray("PartitionKeyRanges");
        foreach (var partition in container.Partitions)
        {
            var resourceId = container.Identity.PartitionKeyRangeId((ulong)partition.Number);
            writer.WriteStartObject();
            writer.WriteString("_rid", resourceId);
            writer.WriteString("id", partition.Id);
            writer.WriteString("_etag", container.ETag);
            writer.WriteString("minInclusive", partition.Range.From);
            writer.WriteString("maxExclusive", partition.Range.To);
            writer.WriteNumber("ridPrefix", partition.Number);
            writer.WriteString("_self", $"{container.Identity.SelfLink}pkranges/{resourceId}/");
            writer.WriteNumber("throughputFraction", 1.0 / container.Partitions.Count);
            writer.WriteString("status", "online");
            writer.WriteStartArray("parents");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("_count", container.Partitions.Count);
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }
}
