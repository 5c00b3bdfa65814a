using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>A request whose signature has been checked.</summary>
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

    public ReadNeed NeedOf(PhysicalPartition partition) =>
        new(InWriteRegion, Header(CosmosHeaders.SessionToken) is { Length: > 0 } token ? SessionToken.Find(token, partition.Id) : null);

    /// <summary>Items a page; -1 leaves it to the service.</summary>
    /// <exception cref="RefusedException">400 when the header is no such number.</exception>
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

    /// <summary>RU/s asked for a new database or container; of an autoscale setting, its maximum.</summary>
    /// <exception cref="RefusedException">400 when the service offers no such throughput.</exception>
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
                : throw RefusedException.BadRequest("The offer's throughput must be at least 400 RU/s, in steps of 100.");
        }
    }
}
