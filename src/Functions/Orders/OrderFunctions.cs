using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Paging;

namespace ServerlessScale.Functions.Orders;

/// <summary>The HTTP API for orders, <c>/api/orders</c>, and for the labels of order statuses.</summary>
public sealed class OrderFunctions(Lazy<OrderPlacement> placement, Lazy<OrderChanges> changes, Lazy<OrderQueries> orders)
{
    /// <summary>The maximum size of a request body. An order that reaches every limit is about 13 KB long.</summary>
    private const int MaxOrderBytes = 64 * 1024;

    /// <summary>
    /// Allows browsers to cache labels for five minutes, and the edge to cache them for a day. A purge can remove labels from the edge's
    /// cache.
    /// </summary>
    private const string LabelsCacheControl = "public, max-age=300, s-maxage=86400";

    /// <summary><c>POST /api/orders</c>: places an order. Repeated requests with the same idempotency key place only one order.</summary>
    [Function("CreateOrder")]
    [RequireScope("orders.write")]
    [Accepts<OrderRequest>]
    [RequestHeader("Idempotency-Key", Required = true)]
    [Returns<OrderView>(201, Headers = ["Location", "ETag", "Consistency-Token", "Idempotency-Replayed"])]
    [Problems(
        "idempotency-key-missing", "idempotency-key-invalid", "idempotency-in-flight", "idempotency-key-reused", "currency-unknown",
        "sku-invalid", "order-limit", "sku-unknown", "sku-inactive", "currency-mismatch", "price-changed", "total-overflow",
        "consistency-not-reached")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/orders")] HttpRequest request)
    {
        var http = request.HttpContext;
        if (!IdempotencyKey.Parse(request.Headers[IdempotencyKey.HeaderName]).Succeeded(out var key, out var problem))
        {
            return problem.ToResult();
        }

        var body = await JsonBody.ReadAsync(request, OrderBodies.Default.OrderRequest, MaxOrderBytes, http.RequestAborted);
        if (!body.Succeeded(out var order, out problem))
        {
            return problem.ToResult();
        }

        var outcome = await placement.Value.PlaceAsync(http.CustomerId(), key, order, http.RequestAborted);
        return outcome.Succeeded(out var written, out problem) ? OrderResponses.Created(written, http.Response) : problem.ToResult();
    }

    /// <summary><c>GET /api/orders?month=&amp;limit=&amp;cursor=</c>: lists the customer's orders of a month or of
    /// all months, newest first.</summary>
    [Function("ListOrders")]
    [RequireScope("orders.read")]
    [QueryParameter("month", "Lists only the orders of this month in UTC. By default, the orders of all months.", Pattern = OrderMonth.Pattern)]
    [QueryParameter("limit", "The maximum number of elements on a page. The default is 50.", Minimum = PageLimit.Min, Maximum = PageLimit.Max)]
    [QueryParameter("cursor", "The `nextCursor` of the previous page, an opaque string.")]
    [RequestHeader("Consistency-Token")]
    [Returns<OrderPageView>(200, Headers = ["Link"])]
    [Problems("month-invalid", "limit-invalid", "cursor-invalid", "consistency-token-invalid", "consistency-not-reached")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/orders")] HttpRequest request)
    {
        var http = request.HttpContext;
        var query = new OrderListQuery
        {
            Month = request.QueryParameter("month"),
            Limit = request.QueryParameter("limit"),
            Cursor = request.QueryParameter("cursor"),
            ConsistencyToken = OrderResponses.ConsistencyTokenOf(request),
        };
        var outcome = await orders.Value.ListAsync(http.CustomerId(), query, http.RequestAborted);
        return outcome.Succeeded(out var listing, out var problem) ? OrderResponses.Listed(listing, request) : problem.ToResult();
    }

    /// <summary>
    /// <c>GET /api/orders/{id}</c>: returns one of the customer's orders. Its version is at least as new as the consistency token requires.
    /// </summary>
    [Function("GetOrder")]
    [RequireScope("orders.read")]
    [RequestHeader("Consistency-Token")]
    [Returns<OrderView>(200, Headers = ["ETag"])]
    [SupportsConditions]
    [Problems("order-not-found", "consistency-token-invalid", "consistency-not-reached")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/orders/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await orders.Value.FindAsync(http.CustomerId(), id, OrderResponses.ConsistencyTokenOf(request), http.RequestAborted);
        return outcome.Succeeded(out var order, out var problem) ? OrderResponses.Found(order, request) : problem.ToResult();
    }

    /// <summary><c>PATCH /api/orders/{id}</c>: changes an order's status if <c>If-Match</c> contains the order's current version.</summary>
    [Function("ChangeOrder")]
    [RequireScope("orders.write")]
    [Accepts<OrderChange>]
    [RequestHeader("If-Match", Required = true, Pattern = IfMatch.Pattern)]
    [RequestHeader("If-None-Match")]
    [Returns<OrderView>(200, Headers = ["ETag", "Consistency-Token"])]
    [Problems(
        "order-not-found", "if-match-invalid", "if-match-missing", "transition-not-allowed", "order-changed", "precondition-failed",
        "consistency-not-reached")]
    public async Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/orders/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        if (!OrderETag.ParseIfMatch(request.Headers.IfMatch).Succeeded(out var expected, out var problem))
        {
            return problem.ToResult();
        }

        var body = await JsonBody.ReadAsync(request, OrderBodies.Default.OrderChange, http.RequestAborted);
        if (!body.Succeeded(out var change, out problem))
        {
            return problem.ToResult();
        }

        // The change is made only to the version in If-Match, so other conditions are evaluated for this version.
        if (Preconditions.Evaluate(request, OrderETag.Of(expected)) is { } failed)
        {
            return failed;
        }

        var outcome = await changes.Value.ChangeAsync(http.CustomerId(), id, expected, change.Status, http.RequestAborted);
        return outcome.Succeeded(out var written, out problem) ? OrderResponses.Changed(written, http.Response) : problem.ToResult();
    }

    /// <summary>
    /// <c>GET /api/order-statuses/{language?}</c>: returns the labels of the order statuses in a language. The function ignores
    /// <c>Accept-Language</c>, so each URL has only one response, which caches can share. A rule at the edge adds the client's
    /// language to the path.
    /// </summary>
    [Function("GetOrderStatuses")]
    [Returns<OrderStatusLabels>(200, Headers = ["Content-Language"])]
    [Problems("language-unknown")]
    public static IResult GetStatuses(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/order-statuses/{language?}")] HttpRequest request,
        [AllowedValues(OrderStatusLabels.English, OrderStatusLabels.German, OrderStatusLabels.Spanish)] string? language)
    {
        if (OrderStatusLabels.Find(language ?? OrderStatusLabels.DefaultLanguage) is not { } labels)
        {
            return OrderProblems.LanguageUnknown().ToResult();
        }

        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = LabelsCacheControl;
        headers.ContentLanguage = labels.Language;
        return JsonResponse.Of(labels, OrderBodies.Default.OrderStatusLabels);
    }
}
