using System.Buffers;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>
/// Writes the account document. Clients read the regions, the consistency level and the settings of the query engine from it.
/// </summary>
internal static class AccountDocument
{
    private const string Name = "strictcosmos";
    private const int Replicas = 4;

    // These settings allow the SDK to skip the query plan for a query against a single partition (optimistic direct execution).
    private const string QueryEngine = """{"maxSqlQueryInputLength":524288,"clientDisableOptimisticDirectExecution":false}""";

    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Describe(Regions regions)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        writer.WriteString("id", Name);
        writer.WriteString("_self", "");
        writer.WriteString("_rid", Name);
        writer.WriteString("media", "//media/");
        writer.WriteString("addresses", "//addresses/");
        writer.WriteString("_dbs", "//dbs/");
        var writable = regions.WriteRegion;
        WriteRegions(writer, "writableLocations", [writable]);
        // As in Azure, the write region is the first readable location.
        WriteRegions(writer, "readableLocations", [writable, .. regions.All.Where(region => region != writable)]);
        writer.WriteBoolean("enableMultipleWriteLocations", false);
        WritePolicy(writer, "userReplicationPolicy", "minReplicaSetSize", Replicas - 1, "maxReplicasetSize", Replicas);
        WritePolicy(writer, "systemReplicationPolicy", "minReplicaSetSize", Replicas - 1, "maxReplicasetSize", Replicas);
        WritePolicy(writer, "readPolicy", "primaryReadCoefficient", 1, "secondaryReadCoefficient", 1);
        writer.WriteStartObject("userConsistencyPolicy");
        writer.WriteString("defaultConsistencyLevel", "Session");
        writer.WriteEndObject();
        writer.WriteString("queryEngineConfiguration", QueryEngine);
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }

    private static void WriteRegions(Utf8JsonWriter writer, string name, IEnumerable<Region> regions)
    {
        writer.WriteStartArray(name);
        foreach (var region in regions)
        {
            writer.WriteStartObject();
            writer.WriteString("name", region.Name);
            writer.WriteString("databaseAccountEndpoint", region.Endpoint.ToString());
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WritePolicy(Utf8JsonWriter writer, string name, string first, int firstValue, string second, int secondValue)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber(first, firstValue);
        writer.WriteNumber(second, secondValue);
        writer.WriteEndObject();
    }
}
