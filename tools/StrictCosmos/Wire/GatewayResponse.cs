using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>The content of a response and the data for its headers.</summary>
internal sealed record GatewayResponse
{
    public required int Status { get; init; }

    public int SubStatus { get; init; }

    /// <summary>The charge in RU.</summary>
    public double Charge { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string? ETag { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The partition that served the request, or null for a request that does not access items.</summary>
    public PhysicalPartition? Partition { get; init; }

    public long? Lsn { get; init; }

    public Container? Container { get; init; }

    /// <summary>The number of items in a page, or null for a response that is not a page.</summary>
    public int? ItemCount { get; init; }

    public string? Continuation { get; init; }

    /// <summary>
    /// Whether the response is a page of a query. If so, a header tells an SDK that has skipped the query plan that it need not query other
    /// partitions.
    /// </summary>
    public bool IsPageOfQuery { get; init; }

    /// <summary>Whether the response belongs to a batch that was rolled back.</summary>
    public bool IsRolledBack { get; init; }

    public bool IsFailure => Status >= StatusCodes.Status400BadRequest || IsRolledBack;

    public static GatewayResponse Of(RefusedException refused) =>
        Error(refused.Status, refused.Message) with { SubStatus = refused.SubStatus, Charge = refused.Charge, RetryAfter = refused.RetryAfter };

    public static GatewayResponse Error(int status, string message) => new()
    {
        Status = status,
        Body = JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(CodeOf(status), message), ErrorJson.Default.ErrorBody),
    };

    public async Task WriteAsync(HttpContext context, string databaseName)
    {
        var response = context.Response;
        var headers = response.Headers;
        response.StatusCode = Status;
        headers[CosmosHeaders.RequestCharge] = Charge.ToString("0.##", CultureInfo.InvariantCulture);
        headers[CosmosHeaders.ActivityId] = (Guid.TryParse(context.Request.Headers[CosmosHeaders.ActivityId], out var activity) ? activity : Guid.NewGuid()).ToString();
        if (SubStatus != 0)
        {
            headers[CosmosHeaders.SubStatus] = SubStatus.ToString(CultureInfo.InvariantCulture);
        }
        if (ETag is not null)
        {
            headers.ETag = ETag;
        }
        if (RetryAfter is { } wait)
        {
            headers[CosmosHeaders.RetryAfterMilliseconds] = Math.Ceiling(wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }
        if (Partition is not null)
        {
            headers[CosmosHeaders.PartitionKeyRangeId] = Partition.Id;
        }
        if (Partition is not null && Lsn is { } lsn)
        {
            headers[CosmosHeaders.SessionToken] = SessionToken.Of(Partition.Id, lsn);
            headers[CosmosHeaders.Lsn] = lsn.ToString(CultureInfo.InvariantCulture);
        }
        if (Container is not null)
        {
            headers[CosmosHeaders.OwnerFullName] = $"dbs/{Uri.EscapeDataString(databaseName)}/colls/{Uri.EscapeDataString(Container.Name)}";
            headers[CosmosHeaders.OwnerId] = Container.Identity.ResourceId;
        }
        if (ItemCount is { } count)
        {
            headers[CosmosHeaders.ItemCount] = count.ToString(CultureInfo.InvariantCulture);
        }
        if (Continuation is not null)
        {
            headers[CosmosHeaders.Continuation] = Continuation;
        }
        if (IsPageOfQuery)
        {
            headers[CosmosHeaders.RequiresDistribution] = bool.FalseString;
        }
        if (Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            return;
        }
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        await response.BodyWriter.WriteAsync(Body, context.RequestAborted);
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "BadRequest",
        StatusCodes.Status401Unauthorized => "Unauthorized",
        StatusCodes.Status403Forbidden => "Forbidden",
        StatusCodes.Status404NotFound => "NotFound",
        StatusCodes.Status405MethodNotAllowed => "MethodNotAllowed",
        StatusCodes.Status408RequestTimeout => "RequestTimeout",
        StatusCodes.Status409Conflict => "Conflict",
        StatusCodes.Status410Gone => "Gone",
        StatusCodes.Status412PreconditionFailed => "PreconditionFailed",
        StatusCodes.Status413PayloadTooLarge => "RequestEntityTooLarge",
        StatusCodes.Status429TooManyRequests => "TooManyRequests",
        449 => "RetryWith",
        StatusCodes.Status503ServiceUnavailable => "ServiceUnavailable",
        _ => "InternalServerError",
    };
}

/// <summary>The body of an error response.</summary>
internal sealed record ErrorBody([property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);

[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class ErrorJson : JsonSerializerContext;
