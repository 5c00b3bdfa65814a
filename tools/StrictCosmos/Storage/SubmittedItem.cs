using System.Text.Json;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>The item in the body of a write. It has passed all checks that the service performs.</summary>
internal sealed class SubmittedItem
{
    private SubmittedItem(JsonElement root, string id, string partitionKey, int? timeToLiveSeconds)
    {
        Root = root;
        Id = id;
        PartitionKey = partitionKey;
        TimeToLiveSeconds = timeToLiveSeconds;
    }

    public JsonElement Root { get; }

    public string Id { get; }

    /// <summary>The effective partition key, computed from the item's own properties.</summary>
    public string PartitionKey { get; }

    /// <summary>
    /// The item's own <c>ttl</c> in seconds. -1 means that the item never expires. Null means that the item does not have a ttl.
    /// </summary>
    public int? TimeToLiveSeconds { get; }

    /// <exception cref="RefusedException">400 or 413: the service would reject the body.</exception>
    public static SubmittedItem Parse(ReadOnlyMemory<byte> body, PartitionKeyDefinition partitionKey)
    {
        if (body.Length > ServiceLimits.ItemBytes)
        {
            throw RefusedException.TooLarge($"Request size is too large: an item must not exceed {ServiceLimits.ItemBytes} bytes.");
        }
        var root = StrictJson.Parse(body, "The item");
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw RefusedException.BadRequest("An item must be a JSON object.");
        }
        if (!root.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
        {
            throw RefusedException.BadRequest("The required property 'id' is missing or not a string.");
        }
        ItemId.Check(id.GetString()!);
        RefuseInexactNumbers(root);
        return new SubmittedItem(root, id.GetString()!, partitionKey.KeyOf(root), TimeToLive(root));
    }

    private static int? TimeToLive(JsonElement root)
    {
        if (!root.TryGetProperty("ttl", out var ttl) || ttl.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        if (ttl.ValueKind != JsonValueKind.Number || !ttl.TryGetInt32(out var seconds) || seconds is 0 or < -1)
        {
            throw RefusedException.BadRequest("The ttl of an item must be -1 or a positive number of seconds.");
        }
        return seconds;
    }

    /// <summary>Rejects numbers that the service would silently round, because a test would not notice the rounding.</summary>
    private static void RefuseInexactNumbers(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    RefuseInexactNumbers(property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    RefuseInexactNumbers(element);
                }
                break;
            case JsonValueKind.Number:
                var number = value.GetDouble();
                if (!double.IsFinite(number)
                    || (Math.Abs(number) >= ServiceLimits.LargestExactInteger && value.TryGetInt64(out var integer)
                        && Math.Abs((decimal)integer) > ServiceLimits.LargestExactInteger))
                {
                    throw RefusedException.BadRequest($"The number {value.GetRawText()} would be rounded, because the service stores IEEE 754 doubles.");
                }
                break;
        }
    }
}
