using System.Text.Json;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>
/// The SDK's <c>resumeFilter</c>: continue an ordered query at these order-by values, in a partition for which the SDK holds
/// no continuation.
/// </summary>
/// <param name="ResourceId">Of the last item that was answered, which is answered again; null for a partition not begun.</param>
/// <param name="Exclude">Whether items with equal values have been answered already.</param>
internal sealed record ResumePoint(IReadOnlyList<JsonElement> Values, string? ResourceId, bool Exclude)
{
    /// <exception cref="SqlException">When the filter is malformed.</exception>
    public static ResumePoint? Parse(JsonElement request)
    {
        if (!request.TryGetProperty("resumeFilter", out var filter) || filter.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        if (!filter.TryGetProperty("value", out var values) || values.ValueKind != JsonValueKind.Array)
        {
            throw new SqlException("The resume filter has no values.");
        }
        return new ResumePoint(
            [.. values.EnumerateArray().Select(Value)],
            filter.TryGetProperty("rid", out var rid) ? rid.GetString() : null,
            filter.TryGetProperty("exclude", out var exclude) && exclude.ValueKind == JsonValueKind.True);
    }

    // An empty array stands for undefined; arrays and objects come as hashes, which nothing here is compared with.
    private static JsonElement Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => default,
        JsonValueKind.Object => throw new SqlException("Resuming at an array or an object is not supported by StrictCosmos."),
        _ => value,
    };
}
