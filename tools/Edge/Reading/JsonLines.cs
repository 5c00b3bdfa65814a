using System.Text.Json;

namespace ServerlessScale.Edge.Reading;

/// <summary>Maps JSON Pointers (RFC 6901) to line numbers in a JSON file, because schema validation reports only pointers.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <param name="json">Valid JSON as UTF-8.</param>
    public JsonLines(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var line = 1;
        var counted = 0;
        reader.Read();
        Value(ref reader, "", json, ref line, ref counted);
    }

    /// <returns>
    /// The line number of the value, starting at 1. If the value does not exist, the line number of the innermost enclosing value.
    /// </returns>
    public int Of(string pointer)
    {
        while (true)
        {
            if (_lines.TryGetValue(pointer, out var line))
            {
                return line;
            }

            pointer = pointer[..pointer.LastIndexOf('/')];
        }
    }

    private void Value(ref Utf8JsonReader reader, string pointer, ReadOnlySpan<byte> json, ref int line, ref int counted)
    {
        var start = (int)reader.TokenStartIndex;
        line += json[counted..start].Count((byte)'\n');
        counted = start;
        _lines[pointer] = line;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = reader.GetString()!.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
                reader.Read();
                Value(ref reader, $"{pointer}/{name}", json, ref line, ref counted);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                Value(ref reader, $"{pointer}/{index}", json, ref line, ref counted);
            }
        }
    }
}
