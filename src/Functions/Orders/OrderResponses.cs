using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Orders;

/// <summary>Creates the successful responses of order functions, with their headers.</summary>
internal static class OrderResponses
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

    /// <returns>The order, or 304 when the client already has the current version.</returns>
    public static IResult Found(Order order, HttpRequest request)
    {
        var etag = OrderETag.Of(order);
        var headers = request.HttpContext.Response.Headers;
        headers.ETag = etag.ToString();
        headers.CacheControl = "private, no-cache";
        return Preconditions.Evaluate(request, etag)
            ?? JsonResponse.Of(OrderView.Of(order), OrderBodies.Default.OrderView);
    }

    public static IResult Listed(OrderListing listing, HttpRequest request)
    {
        PageLink.Add(request, listing.NextCursor, "month", "limit");
        request.HttpContext.Response.Headers.CacheControl = "private, no-cache";
        return JsonResponse.Of(
            new OrderPageView([.. listing.Orders.Select(OrderView.Of)], listing.NextCursor), OrderBodies.Default.OrderPageView);
    }

    /// <returns>The consistency token of the request; null when the request has no token.</returns>
    public static string? ConsistencyTokenOf(HttpRequest request) =>
        request.Headers.TryGetValue(ConsistencyToken, out var values) ? values.ToString() : null;

    private static IResult Written(WrittenOrder written, HttpResponse response, int status)
    {
        response.Headers.ETag = OrderETag.Of(written.Order).ToString();
        response.Headers[ConsistencyToken] = written.ConsistencyToken;
        response.Headers.CacheControl = "no-store";
        return JsonResponse.Of(OrderView.Of(written.Order), OrderBodies.Default.OrderView, statusCode: status);
    }
}

/// <summary>Converts an order's version to and from an entity tag (RFC 9110 section 8.8.3). The tag does not depend on the store.</summary>
internal static class OrderETag
{
    public static EntityTagHeaderValue Of(Order order) => Of(order.Version.ToString(CultureInfo.InvariantCulture));

    public static EntityTagHeaderValue Of(string opaqueTag) => new($"\"{opaqueTag}\"");

    /// <inheritdoc cref="IfMatch.Parse"/>
    public static Outcome<string> ParseIfMatch(StringValues values) => IfMatch.Parse(values, "Get the order and send its ETag as If-Match.");
}
