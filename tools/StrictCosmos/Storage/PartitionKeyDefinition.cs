using System.Text;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>A container's partition key definition. It has one path (Hash) or up to three paths (MultiHash).</summary>
internal sealed class PartitionKeyDefinition
{
    private readonly string[][] _paths;

    private PartitionKeyDefinition(string[][] paths)
    {
        _paths = paths;
    }

    public int Levels => _paths.Length;

    /// <exception cref="RefusedException">400: the definition is missing, invalid or not supported.</exception>
    public static PartitionKeyDefinition Parse(JsonElement container)
    {
        if (!container.TryGetProperty("partitionKey", out var definition) || definition.ValueKind != JsonValueKind.Object
            || !definition.TryGetProperty("paths", out var paths) || paths.ValueKind != JsonValueKind.Array || paths.GetArrayLength() == 0)
        {
            throw RefusedException.BadRequest("A container must have a partition key definition with paths.");
        }
        var kind = definition.TryGetProperty("kind", out var named) ? named.ToString() : "Hash";
        var version = definition.TryGetProperty("version", out var number) ? number.ToString() : "1";
        var levels = paths.GetArrayLength();
        var supported = kind switch
        {
            "Hash" => levels == 1,
            "MultiHash" => levels is >= 1 and <= ServiceLimits.PartitionKeyLevels,
            _ => false,
        };
        if (!supported)
        {
            throw RefusedException.BadRequest($"A partition key of kind {kind} cannot have {levels} paths.");
        }
        if (version != "2")
        {
            throw RefusedException.BadRequest("StrictCosmos supports only partition key definitions of version 2.");
        }
        var parsed = paths.EnumerateArray().Select(path => Split(path.ToString())).ToArray();
        if (parsed.Select(path => string.Join('/', path)).Distinct(StringComparer.Ordinal).Count() != levels)
        {
            throw RefusedException.BadRequest("The paths of a partition key must differ.");
        }
        return new PartitionKeyDefinition(parsed);
    }

    /// <returns>The effective partition key of an item.</returns>
    /// <exception cref="RefusedException">400: a level is an object or an array, or the key exceeds 2 KB.</exception>
    public string KeyOf(JsonElement document)
    {
        var components = new JsonElement[_paths.Length];
        var bytes = 0;
        for (var level = 0; level < _paths.Length; level++)
        {
            var value = document;
            foreach (var name in _paths[level])
            {
                value = value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var inner) ? inner : default;
            }
            components[level] = Scalar(value, ref bytes);
        }
        return EffectivePartitionKey.Of(components);
    }

    /// <param name="header">The value of <c>x-ms-documentdb-partitionkey</c>, which is a JSON array with a scalar for each level.</param>
    /// <returns>The effective partition key for the values in the header.</returns>
    /// <exception cref="RefusedException">400: the header is malformed or has a different number of levels.</exception>
    public string KeyOf(string header)
    {
        var array = StrictJson.Parse(Encoding.UTF8.GetBytes(header), "The partition key header");
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw RefusedException.BadRequest("The partition key header is not a JSON array.");
        }
        if (array.GetArrayLength() != Levels)
        {
            throw RefusedException.BadRequest(
                $"The partition key in the request has {array.GetArrayLength()} levels, but the container's definition has {Levels}.");
        }
        var bytes = 0;
        var components = new List<JsonElement>(Levels);
        foreach (var component in array.EnumerateArray())
        {
            components.Add(Scalar(component, ref bytes));
        }
        return EffectivePartitionKey.Of(components);
    }

    private static JsonElement Scalar(JsonElement value, ref int bytes)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
            case JsonValueKind.Object when value.EnumerateObject().MoveNext():
                throw RefusedException.BadRequest("A partition key value must be a string, a number, a boolean or null.");
            case JsonValueKind.Object:
                // In the header, an empty object means that the item does not have the property.
                return default;
            case JsonValueKind.String:
                bytes += Encoding.UTF8.GetByteCount(value.GetString()!);
                if (bytes > ServiceLimits.PartitionKeyBytes)
                {
                    throw RefusedException.BadRequest($"A partition key must not exceed {ServiceLimits.PartitionKeyBytes} bytes.");
                }
                return value;
            default:
                return value;
        }
    }

    private static string[] Split(string path)
    {
        if (path.Length < 2 || path[0] != '/' || path[^1] == '/' || path.Contains("//", StringComparison.Ordinal))
        {
            throw RefusedException.BadRequest($"'{path}' is not a partition key path such as /customerId.");
        }
        return path[1..].Split('/');
    }
}
