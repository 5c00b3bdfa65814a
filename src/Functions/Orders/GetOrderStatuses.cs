using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary>
/// <c>GET /api/order-statuses/{language?}</c>: what to call the statuses. Which language a client gets that names none is the edge's
/// decision, by a rule that rewrites the path; this function does not look at headers, so that the answer of each URL is one.
/// </summary>
public static class GetOrderStatuses
{
    /// <summary>Five minutes at a browser, a day at the edge, where a purge ends it.</summary>
    private const string CacheControl = "public, max-age=300, s-maxage=86400";

    [Function(nameof(GetOrderStatuses))]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/order-statuses/{language?}")] HttpRequest request, string? language)
    {
        if (OrderStatusLabels.Find(language ?? OrderStatusLabels.DefaultLanguage) is not { } labels)
        {
            return OrderProblems.LanguageUnknown().ToResult();
        }

        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = CacheControl;
        headers.ContentLanguage = labels.Language;
        return TypedResults.Json(labels, OrderBodies.Default.OrderStatusLabels);
    }
}
