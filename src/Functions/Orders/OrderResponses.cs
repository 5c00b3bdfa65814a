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
        PageLink.Add(request, listing.NextCursor);
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
    private const string Header = "If-Match";

    public static EntityTagHeaderValue Of(Order order) => Of(order.Version.ToString(CultureInfo.InvariantCulture));

    public static EntityTagHeaderValue Of(string opaqueTag) => new($"\"{opaqueTag}\"");

    /// <returns>
    /// The opaque part of the strong entity tag, or a problem: <c>if-match-missing</c> with status 428 (RFC 6585 section 3) or
    /// <c>if-match-invalid</c> with status 400.
    /// </returns>
    public static Outcome<string> ParseIfMatch(StringValues values)
    {
        if (values.Count == 0)
        {
            return new Problem(
                428, "if-match-missing", "The change does not name the version on which it is based",
                "Get the order and send its ETag as If-Match.")
            {
                Pointer = Header,
            };
        }

        return values.Count == 1
            && EntityTagHeaderValue.TryParse(values[0], out var tag)
            && !tag.IsWeak
            && !tag.Equals(EntityTagHeaderValue.Any)
                ? tag.Tag.AsSpan()[1..^1].ToString()
                : new Problem(
                    400, "if-match-invalid", "If-Match is not valid",
                    "Send one strong entity tag with its quotes, exactly as in the ETag header of a response that contained the order.")
                {
                    Pointer = Header,
                };
    }
}
