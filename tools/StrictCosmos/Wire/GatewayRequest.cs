using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>A request with a valid signature.</summary>
internal sealed class GatewayRequest(HttpContext context, ResourcePath path, CosmosOperations operation, bool inWriteRegion, ReadOnlyMemory<byte> body)
{
    private const int DefaultPageSize = 100;
    private const int LargestPageSize = 1000;

    public ResourcePath Path { get; } = path;

    public string Method => context.Request.Method;

    public CosmosOperations Operation { get; } = operation;

    public bool InWriteRegion { get; } = inWriteRegion;

    public ReadOnlyMemory<byte> Body { get; } = body;

    public string? IfMatch => Header("If-Match");

    public string? IfNoneMatch => Header("If-None-Match");

    public bool ReturnsNothing => Header("Prefer")?.Equals("return=minimal", StringComparison.OrdinalIgnoreCase) == true;

    public string? Header(string name) => context.Request.Headers.TryGetValue(name, out var value) && value.Count > 0 ? value.ToString() : null;

    public bool IsSet(string name) => IsSet(context.Request, name);

    public static bool IsSet(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var value) && value.ToString().Equals("true", StringComparison.OrdinalIgnoreCase);

    public ReadRequirement RequirementOf(PhysicalPartition partition) =>
        new(InWriteRegion, Header(CosmosHeaders.SessionToken) is { Length: > 0 } token ? SessionToken.Find(token, partition.Id) : null);

    /// <summary>The maximum number of items in a page. A client sends -1 to let the service choose the page size.</summary>
    /// <exception cref="RefusedException">400: the header is neither -1 nor a positive number.</exception>
    public int PageSize
    {
        get
        {
            if (Header(CosmosHeaders.MaxItemCount) is not { } text)
            {
                return DefaultPageSize;
            }
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count is -1 or > 0
                ? count == -1 ? LargestPageSize : Math.Min(count, LargestPageSize)
                : throw RefusedException.BadRequest($"{CosmosHeaders.MaxItemCount} must be -1 or a positive number.");
        }
    }

    /// <summary>
    /// The RU/s that the request specifies for a new database or container, or null when it specifies no throughput. With autoscale, this
    /// is the maximum RU/s.
    /// </summary>
    /// <exception cref="RefusedException">400: the service does not offer this throughput.</exception>
    public int? Throughput
    {
        get
        {
            if (Header(CosmosHeaders.OfferAutopilot) is { } autoscale)
            {
                return Autoscale.MaximumOf(autoscale);
            }
            if (Header(CosmosHeaders.OfferThroughput) is not { } text)
            {
                return null;
            }
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate >= 400 && rate % 100 == 0
                ? rate
                : throw RefusedException.BadRequest("The throughput must be at least 400 RU/s and a multiple of 100 RU/s.");
        }
    }
}

/// <summary>Reads the autoscale setting, for example <c>{"maxThroughput":4000}</c>.</summary>
internal static class Autoscale
{
    private const int Step = 1000;

    /// <exception cref="RefusedException">400: the service does not offer this maximum.</exception>
    public static int MaximumOf(string setting)
    {
        try
        {
            using var parsed = JsonDocument.Parse(setting);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object
                && parsed.RootElement.TryGetProperty("maxThroughput", out var maximum)
                && maximum.ValueKind == JsonValueKind.Number && maximum.TryGetInt32(out var rate) && rate >= Step && rate % Step == 0)
            {
                return rate;
            }
        }
        catch (JsonException)
        {
            // The exception below reports the invalid setting.
        }
        throw RefusedException.BadRequest("The autoscale maximum must be at least 1000 RU/s and a multiple of 1000 RU/s.");
    }
}
