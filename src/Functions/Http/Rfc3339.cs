using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Functions.Http;

/// <summary>
/// Reads RFC 3339 times, which always have a time zone. The framework's own parsers take a time without a time zone for local time, so
/// that the result would depend on the server.
/// </summary>
internal static class Rfc3339
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    public static bool TryParse(string? value, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        value, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}

/// <summary>Reads a member of a request body as an RFC 3339 time.</summary>
internal sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Rfc3339.TryParse(reader.GetString(), out var time) ? time : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
