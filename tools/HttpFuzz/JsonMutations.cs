using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessScale.HttpFuzz;

/// <summary>Changes a JSON body before and after it is written as text, so that the result need not be valid JSON.</summary>
internal static class JsonMutations
{
    private static readonly byte[] Bom = [0xef, 0xbb, 0xbf];

    /// <summary>Writes a body with changed members.</summary>
    /// <param name="json">The valid body.</param>
    /// <param name="count">The number of changes.</param>
    /// <param name="random">Chooses the changes.</param>
    /// <param name="names">Receives a name for each change.</param>
    public static byte[] Change(JsonNode json, int count, Random random, List<string> names)
    {
        // A marker stands for text that a JSON writer would not write.
        var raw = new List<(string Marker, string Text)>();
        for (var change = 0; change < count; change++)
        {
            var objects = Nodes(json).OfType<JsonObject>().ToList();
            var chosen = objects[random.Next(objects.Count)];
            var members = chosen.Select(member => member.Key).ToList();
            var name = members.Count == 0 ? "new" : members[random.Next(members.Count)];
            var marker = string.Create(CultureInfo.InvariantCulture, $"@@{change}@@");
            var hostile = random.Next(HostileValues.Json.Count);
            switch (random.Next(10))
            {
                case 0:
                    names.Add($"without {name}");
                    chosen.Remove(name);
                    break;
                case 1:
                    names.Add("unknown member");
                    chosen[random.Next(3) switch { 0 => "unknown", 1 => name.ToUpperInvariant(), _ => "" }] = marker;
                    raw.Add(($"\"{marker}\"", HostileValues.Json[hostile]));
                    break;
                case 2:
                    names.Add($"duplicate {name}");
                    chosen[marker] = chosen[name]?.DeepClone();
                    raw.Add(($"\"{marker}\"", $"\"{name}\""));
                    break;
                case 3 when chosen[name] is JsonArray { Count: > 0 } array:
                    names.Add($"item of {name}");
                    array[random.Next(array.Count)] = marker;
                    raw.Add(($"\"{marker}\"", HostileValues.Json[hostile]));
                    break;
                case 4 when chosen[name] is JsonArray { Count: > 0 } array:
                    names.Add($"many {name}");
                    var item = array[0]?.DeepClone();
                    for (var copies = random.Next(2) == 0 ? 101 : 1_001; copies > 0; copies--)
                    {
                        array.Add(item?.DeepClone());
                    }

                    break;
                default:
                    names.Add($"{name} = json {hostile}");
                    chosen[name] = marker;
                    raw.Add(($"\"{marker}\"", HostileValues.Json[hostile]));
                    break;
            }
        }

        var text = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(json.ToJsonString()));
        return Encoding.Latin1.GetBytes(raw.Aggregate(text, (written, part) => written.Replace(part.Marker, part.Text, StringComparison.Ordinal)));
    }

    /// <summary>Damages a body as bytes.</summary>
    public static byte[] Damage(byte[] body, Random random, List<string> names)
    {
        var kind = random.Next(18);
        names.Add(string.Create(CultureInfo.InvariantCulture, $"body {kind}"));
        return kind switch
        {
            0 => [],
            1 => body[..random.Next(body.Length)],
            2 => [.. Bom, .. body],
            3 => Encoding.Unicode.GetBytes(Encoding.Latin1.GetString(body)),
            4 => [0xff, 0xfe, .. Encoding.Unicode.GetBytes(Encoding.Latin1.GetString(body))],
            5 => [.. body, .. body],
            6 => [.. body, .. "}garbage"u8],
            7 => Encoding.Latin1.GetBytes(HostileValues.Json[random.Next(HostileValues.Json.Count)]),
            8 => "   \r\n\t "u8.ToArray(),
            9 => [.. body, .. new byte[random.Next(1, 100)]],
            10 => [.. Enumerable.Repeat((byte)' ', random.Next(10) == 0 ? 2_000_000 : 100_000), .. body],
            11 => [.. "/* comment */"u8, .. body],
            12 => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(body).Replace('"', '\'')),
            13 => [.. "["u8, .. body, .. "]"u8],
            14 => Noise(random),
            15 => [0x1f, 0x8b, 0x08, 0, .. body],
            _ => Flip(body, random),
        };
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 2_000)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Flip(byte[] body, Random random)
    {
        byte[] flipped = [.. body];
        for (var count = random.Next(1, 4); count > 0 && flipped.Length > 0; count--)
        {
            flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
        }

        return flipped;
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => (node switch
    {
        JsonObject json => json.Select(member => member.Value),
        JsonArray array => array,
        _ => [],
    }).OfType<JsonNode>().SelectMany(Nodes).Prepend(node);
}
