using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>Reads small JSON bodies. If a body does not match the expected type, the problem states the error and its position.</summary>
internal static partial class JsonBody
{
    /// <summary>The default size limit in bytes. It is small enough to buffer the body in memory.</summary>
    internal const int MaxBytes = 16 * 1024;

    /// <inheritdoc cref="ReadAsync{T}(HttpRequest, JsonTypeInfo{T}, int, CancellationToken)"/>
    internal static Task<Outcome<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => ReadAsync(request, type, MaxBytes, cancellationToken);

    /// <summary>Reads a body that the client may omit.</summary>
    /// <param name="whenEmpty">The value when the body is empty.</param>
    /// <inheritdoc cref="ReadAsync{T}(HttpRequest, JsonTypeInfo{T}, int, CancellationToken)"/>
    internal static async Task<Outcome<T>> ReadOptionalAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, T whenEmpty, CancellationToken cancellationToken)
        where T : class
    {
        if (request.ContentLength == 0)
        {
            return whenEmpty;
        }

        var body = await ReadAsync(request, type, cancellationToken);
        return body.Problem is { Code: "empty-body" } ? whenEmpty : body;
    }

    /// <summary>Reads the body as a <typeparamref name="T"/>. Unknown, repeated and missing members are errors at any depth.</summary>
    /// <returns>
    /// The value, or a problem: <c>body-too-large</c> (413), <c>unsupported-media-type</c> (415), <c>empty-body</c> (400),
    /// <c>malformed-json</c> (400, RFC 8259) or <c>invalid-body</c> (422, with a JSON Pointer as in RFC 6901).
    /// </returns>
    internal static async Task<Outcome<T>> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        if (request.ContentLength > maxBytes)
        {
            return TooLarge(maxBytes);
        }

        if (request.ContentType is not null && !request.HasJsonContentType())
        {
            return new Problem(
                415, "unsupported-media-type", "The body is not JSON", "Send the body as application/json.")
            { Pointer = "Content-Type" };
        }

        // The buffer has room for one byte beyond the limit, so that a body that is too long can be detected.
        var buffer = new byte[(int)(request.ContentLength ?? maxBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > maxBytes)
        {
            return TooLarge(maxBytes);
        }

        if (length == 0)
        {
            return new Problem(400, "empty-body", "The body is empty", "Send a JSON object as the body.");
        }

        return Parse(buffer.AsMemory(0, length), type);
    }

    internal static Outcome<T> Parse<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            return Malformed(Where(e));
        }

        using (document)
        {
            try
            {
                if ((RepeatedMember(document.RootElement, "") ?? Misfit(document.RootElement, type, "")) is { } misfit)
                {
                    return misfit;
                }
            }
            catch (InvalidOperationException)
            {
                // JsonElement decodes a name when the name is read, and throws if the name is invalid UTF-8 or a lone surrogate. No JSON
                // Pointer can contain such a name.
                return Malformed("A member's name is not valid Unicode.");
            }

            try
            {
                return document.RootElement.Deserialize(type)!;
            }
            catch (JsonException e)
            {
                // The serializer's message is not passed on, because it contains the names of .NET types, which mean nothing to a client.
                var pointer = Pointer(e.Path);
                var expected = Expected(TypeAt(type, pointer));
                return IsNull(document.RootElement, pointer)
                    ? Invalid($"The value must not be null. It must be {expected}.", pointer)
                    : Invalid($"The value is not {expected}.", pointer);
            }
        }
    }

    /// <summary>
    /// Finds a name that occurs twice in an object, at any depth. Reading every name also finds names that are not valid Unicode.
    /// </summary>
    private static Problem? RepeatedMember(JsonElement value, string pointer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                Problem? repeated = null;
                foreach (var member in value.EnumerateObject())
                {
                    var place = $"{pointer}/{Escape(member.Name)}";
                    repeated ??= names.Add(member.Name)
                        ? RepeatedMember(member.Value, place)
                        : Invalid("The member is repeated. Send each member once.", place);
                }

                return repeated;
            case JsonValueKind.Array:
                return value.EnumerateArray()
                    .Select((element, index) => RepeatedMember(
                        element, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}")))
                    .FirstOrDefault(repeated => repeated is not null);
            default:
                return null;
        }
    }

    /// <summary>
    /// Finds the errors whose position the serializer does not report: a value that is not an object, an unknown member and a missing
    /// member.
    /// </summary>
    private static Problem? Misfit(JsonElement value, JsonTypeInfo type, string pointer) => type.Kind switch
    {
        JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object => MisfitOfMembers(value, type, pointer),
        JsonTypeInfoKind.Object => Invalid(
            $"{(pointer.Length == 0 ? "The body" : "The value")} must be a JSON object with {Members(type)}.", pointer),
        JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array => value.EnumerateArray()
            .Select((element, index) => Misfit(
                element, type.Options.GetTypeInfo(type.ElementType!), string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}")))
            .FirstOrDefault(misfit => misfit is not null),
        _ => null,
    };

    private static Problem? MisfitOfMembers(JsonElement value, JsonTypeInfo type, string pointer)
    {
        foreach (var member in value.EnumerateObject())
        {
            var place = $"{pointer}/{Escape(member.Name)}";
            var property = type.Properties.FirstOrDefault(property => property.Name == member.Name);
            var misfit = property is null
                ? Invalid($"The member is unknown. The known members are {Members(type)}.", place)
                : Misfit(member.Value, type.Options.GetTypeInfo(property.PropertyType), place);
            if (misfit is not null)
            {
                return misfit;
            }
        }

        return type.Properties.FirstOrDefault(p => p.IsRequired && !value.TryGetProperty(p.Name, out _)) is { } missing
            ? Invalid($"{missing.Name} is missing.", $"{pointer}/{Escape(missing.Name)}")
            : null;
    }

    private static string Members(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(property => property.Name));

    private static JsonTypeInfo? TypeAt(JsonTypeInfo? type, string pointer)
    {
        foreach (var segment in pointer.Split('/').Skip(1))
        {
            var next = type?.ElementType
                ?? type?.Properties.FirstOrDefault(property => Escape(property.Name) == segment)?.PropertyType;
            type = next is null ? null : type!.Options.GetTypeInfo(next);
        }

        return type;
    }

    private static bool IsNull(JsonElement value, string pointer)
    {
        foreach (var segment in pointer.Split('/').Skip(1))
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                value = value[int.Parse(segment, CultureInfo.InvariantCulture)];
            }
            else if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(Unescape(segment), out value))
            {
                return false;
            }
        }

        return value.ValueKind == JsonValueKind.Null;
    }

    private static string Expected(JsonTypeInfo? type) => type switch
    {
        { Kind: JsonTypeInfoKind.Enumerable } => "an array",
        { Type: var clr } when clr == typeof(DateTimeOffset) || clr == typeof(DateTimeOffset?) =>
            "an RFC 3339 time with a time zone, such as 2026-11-25T08:00:00Z",
        _ => Type.GetTypeCode(Nullable.GetUnderlyingType(type?.Type ?? typeof(object)) ?? type?.Type) switch
        {
            TypeCode.String => "a string of valid Unicode",
            TypeCode.Int32 or TypeCode.Int64 => "an integer",
            TypeCode.Boolean => "true or false",
            _ => "of the expected type",
        },
    };

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Unescape(string segment) =>
        segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static Problem Malformed(string detail) => new(400, "malformed-json", "The body is not well-formed JSON", detail);

    private static Problem Invalid(string detail, string pointer) =>
        new(422, "invalid-body", "The body does not match its schema", detail) { Pointer = pointer };

    private static Problem TooLarge(int maxBytes) => new(
        413, "body-too-large", "The body is too large", $"The body may have at most {maxBytes} bytes.")
    {
        Extensions = new Dictionary<string, object?> { ["maxBytes"] = maxBytes },
    };

    private static string Where(JsonException e) => e.LineNumber is { } line && e.BytePositionInLine is { } column
        ? string.Create(CultureInfo.InvariantCulture, $"The JSON is incomplete or has an error at line {line + 1}, byte {column + 1}.")
        : e.Message;

    /// <summary>
    /// Converts the serializer's path (<c>$.lines[0].sku</c>, <c>$['odd.name']</c>) to a JSON Pointer (<c>/lines/0/sku</c>).
    /// </summary>
    private static string Pointer(string? path) => string.Concat(
        PathSegments().Matches(path ?? "").Select(match => "/" + Escape(match.Groups["quoted"].Value + match.Groups["plain"].Value)));

    [GeneratedRegex(@"\['(?<quoted>.*?)'\]|\[(?<plain>\d+)\]|\.(?<plain>[^.\[]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex PathSegments();
}
