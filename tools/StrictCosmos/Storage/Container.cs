using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>A container with its definition and its physical partitions.</summary>
internal sealed class Container
{
    private const uint HashSpace = 0x4000_0000;

    private Container(string name, ContainerIdentity identity, ReadOnlyMemory<byte> json, string etag, JsonElement definition, PhysicalPartition[] partitions)
    {
        Name = name;
        Identity = identity;
        Json = json;
        ETag = etag;
        PartitionKey = PartitionKeyDefinition.Parse(definition);
        Indexing = IndexingPolicy.Parse(definition);
        Partitions = partitions;
    }

    public string Name { get; }

    public ContainerIdentity Identity { get; }

    /// <summary>The definition as UTF-8 JSON, as it appears in responses.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public string ETag { get; }

    public PartitionKeyDefinition PartitionKey { get; }

    public IndexingPolicy Indexing { get; }

    public IReadOnlyList<PhysicalPartition> Partitions { get; }

    /// <exception cref="RefusedException">400: the definition is invalid or not supported.</exception>
    public static Container Create(
        JsonElement definition, uint database, uint number, int partitionCount, int? throughput, Replication replication, TimeProvider time)
    {
        var name = ResourceName.Of(definition);
        RefuseUnsupported(definition);
        var identity = new ContainerIdentity(database, number, DefaultTimeToLive(definition));
        var etag = $"\"{Guid.NewGuid()}\"";
        var share = (double?)throughput / partitionCount;
        var partitions = new PhysicalPartition[partitionCount];
        for (var index = 0; index < partitionCount; index++)
        {
            var range = new KeyRange(Boundary(index, partitionCount), Boundary(index + 1, partitionCount));
            partitions[index] = new PhysicalPartition(index, range, identity, share, replication, time);
        }
        return new Container(name, identity, Describe(definition, identity, etag, time.GetUtcNow()), etag, definition, partitions);
    }

    public PhysicalPartition PartitionOf(string key) => Partitions.First(partition => partition.Range.Contains(key));

    /// <exception cref="RefusedException">410: the partition key range does not exist.</exception>
    public PhysicalPartition PartitionById(string id) =>
        Partitions.FirstOrDefault(partition => partition.Id == id)
        ?? throw new RefusedException(410, $"The partition key range {id} is gone.", SubStatus.ReadSessionNotAvailable);

    private static string Boundary(int index, int count)
    {
        if (index == 0)
        {
            return EffectivePartitionKey.RingStart;
        }
        if (index == count)
        {
            return EffectivePartitionKey.RingEnd;
        }
        var start = (uint)((ulong)HashSpace * (ulong)index / (ulong)count);
        return start.ToString("X8", CultureInfo.InvariantCulture).PadRight(MurmurHash3.HashBytes * 2, '0');
    }

    private static void RefuseUnsupported(JsonElement definition)
    {
        if (definition.TryGetProperty("uniqueKeyPolicy", out var unique) && unique.ValueKind == JsonValueKind.Object
            && unique.TryGetProperty("uniqueKeys", out var keys) && keys.ValueKind == JsonValueKind.Array && keys.GetArrayLength() > 0)
        {
            throw RefusedException.BadRequest("StrictCosmos does not support unique keys.");
        }
    }

    private static int? DefaultTimeToLive(JsonElement definition)
    {
        if (!definition.TryGetProperty("defaultTtl", out var ttl) || ttl.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        if (ttl.ValueKind != JsonValueKind.Number || !ttl.TryGetInt32(out var seconds) || seconds is 0 or < -1)
        {
            throw RefusedException.BadRequest("The default time to live must be -1 or a positive number of seconds.");
        }
        return seconds;
    }

    private static ReadOnlyMemory<byte> Describe(JsonElement definition, ContainerIdentity identity, string etag, DateTimeOffset now)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var property in definition.EnumerateObject().Where(property => !property.Name.StartsWith('_')))
            {
                property.WriteTo(writer);
            }
            writer.WriteString("_rid", identity.ResourceId);
            writer.WriteString("_self", identity.SelfLink);
            writer.WriteString("_etag", etag);
            writer.WriteNumber("_ts", now.ToUnixTimeSeconds());
            writer.WriteString("_docs", "docs/");
            writer.WriteString("_sprocs", "sprocs/");
            writer.WriteString("_triggers", "triggers/");
            writer.WriteString("_udfs", "udfs/");
            writer.WriteString("_conflicts", "conflicts/");
            writer.WriteEndObject();
        }
        return json.WrittenMemory;
    }
}

/// <summary>The properties of a container that determine the ids, links and default time to live of its items.</summary>
internal sealed class ContainerIdentity(uint database, uint container, int? defaultTimeToLiveSeconds)
{
    public string DatabaseResourceId { get; } = Storage.ResourceId.Database(database);

    public string ResourceId { get; } = Storage.ResourceId.Container(database, container);

    /// <summary>
    /// The default time to live in seconds. Null means that items never expire. -1 means that items expire only if they have their own ttl.
    /// </summary>
    public int? DefaultTimeToLiveSeconds { get; } = defaultTimeToLiveSeconds;

    public string SelfLink => $"dbs/{DatabaseResourceId}/colls/{ResourceId}/";

    public string DocumentId(ulong number) => Storage.ResourceId.Document(database, container, number);

    public string PartitionKeyRangeId(ulong number) => Storage.ResourceId.PartitionKeyRange(database, container, number);
}
