using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>Front Door's <c>[d.]hh:mm:ss</c>.</summary>
internal sealed class CacheDurationConverter : JsonConverter<TimeSpan?>
{
    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value?.ToString("c", CultureInfo.InvariantCulture));
}
