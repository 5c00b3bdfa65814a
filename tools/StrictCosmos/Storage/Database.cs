using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>A database and its containers.</summary>
internal sealed class Database
{
    private readonly ConcurrentDictionary<string, Container> _containers = new(StringComparer.Ordinal);
    private readonly uint _number;
    private readonly int? _throughput;
    private uint _created;

    public Database(string name, uint number, int? throughput, TimeProvider time)
    {
        _number = number;
        _throughput = throughput;
        Name = name;
        ResourceId = Storage.ResourceId.Database(number);
        ETag = $"\"{Guid.NewGuid()}\"";
        Json = Describe(time.GetUtcNow());
    }

    public string Name { get; }

    public string ResourceId { get; }

    public string ETag { get; }

    /// <summary>The definition as UTF-8 JSON, as it appears in responses.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public IEnumerable<Container> Containers => _containers.Values;

    /// <exception cref="RefusedException">400: the definition is invalid or not supported. 409: the name is in use.</exception>
    public Container Create(JsonElement definition, int partitions, int? throughput, Replication replication, TimeProvider time)
    {
        // Each container has the full throughput of its database. In Azure, the containers would share this throughput (see README.md).
        var container = Container.Create(
            definition, _number, Interlocked.Increment(ref _created), partitions, throughput ?? _throughput, replication, time);
        return _containers.TryAdd(container.Name, container)
            ? container
            : throw new RefusedException(StatusCodes.Status409Conflict, "Resource with the specified id already exists.");
    }

    /// <param name="nameOrId">
    /// The container's name or its resource id. The SDK uses the resource id when it reads partition key ranges.
    /// </param>
    /// <param name="subStatus">The substatus of the 404 response.</param>
    /// <exception cref="RefusedException">404: the container does not exist.</exception>
    public Container Find(string nameOrId, int subStatus = 0) =>
        _containers.GetValueOrDefault(nameOrId)
        ?? _containers.Values.FirstOrDefault(container => container.Identity.ResourceId == nameOrId)
        ?? throw new RefusedException(StatusCodes.Status404NotFound, $"The container {nameOrId} does not exist.", subStatus);

    public void Delete(Container container) => _containers.TryRemove(KeyValuePair.Create(container.Name, container));

    private ReadOnlyMemory<byte> Describe(DateTimeOffset now)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("id", Name);
            writer.WriteString("_rid", ResourceId);
            writer.WriteString("_self", $"dbs/{ResourceId}/");
            writer.WriteString("_etag", ETag);
            writer.WriteString("_colls", "colls/");
            writer.WriteString("_users", "users/");
            writer.WriteNumber("_ts", now.ToUnixTimeSeconds());
            writer.WriteEndObject();
        }
        return json.WrittenMemory;
    }
}
