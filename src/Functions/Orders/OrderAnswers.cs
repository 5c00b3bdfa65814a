using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary>What the writes answer, and how reads get it back.</summary>
internal static class OrderAnswers
{
    private const string ConsistencyToken = "Consistency-Token";
    private const string Replayed = "Idempotency-Replayed";

    public static IResult Created(WrittenOrder written, HttpResponse response)
    {
        response.Headers.Location = $"/api/orders/{written.Order.Id}";
        if (written.Replayed)
        {
            response.Headers[Replayed] = "true";
        }

        return Written(written, response, StatusCodes.Status201Created);
    }

    public static IResult Changed(WrittenOrder written, HttpResponse response) => Written(written, response, StatusCodes.Status200OK);

    /// <returns>Null when none was sent.</returns>
    public static string? ConsistencyTokenOf(HttpRequest request) =>
        request.Headers.TryGetValue(ConsistencyToken, out var values) ? values.ToString() : null;

    private static JsonHttpResult<OrderView> Written(WrittenOrder written, HttpResponse response, int status)
    {
        response.Headers.ETag = OrderETag.Of(written.Order).ToString();
        response.Headers[ConsistencyToken] = written.ConsistencyToken;
        response.Headers.CacheControl = "no-store";
        return TypedResults.Json(OrderView.Of(written.Order), OrderBodies.Default.OrderView, statusCode: status);
    }
}
