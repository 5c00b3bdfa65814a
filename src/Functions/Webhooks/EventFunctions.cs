using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Events;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>The HTTP API for the history of a customer's events, <c>/api/events</c>.</summary>
public sealed class EventFunctions(EventQueries events)
{
    /// <summary>
    /// Reading events has its own scope, so that a client that only follows events cannot change the customer's endpoints.
    /// </summary>
    private const string Scope = "events.read";

    /// <summary>
    /// <c>GET /api/events?type=&amp;since=&amp;limit=&amp;cursor=</c>: lists the customer's events, newest first. A <c>Link</c> header (RFC
    /// 8288) leads to the next page.
    /// </summary>
    [Function("ListEvents")]
    [RequireScope(Scope)]
    [QueryParameter("type", "Lists only the events of this type.", ValuesOf = typeof(WebhookEventTypes))]
    [QueryParameter("since", "Lists only the events since this time.", Format = "date-time")]
    [QueryParameter("limit", "The maximum number of elements on a page. The default is 50.", Minimum = PageLimit.Min, Maximum = PageLimit.Max)]
    [QueryParameter("cursor", "The `nextCursor` of the previous page, an opaque string.")]
    [Returns<EventPageView>(200, Headers = ["Link"])]
    [Problems("event-type-unknown", "invalid-since", "limit-invalid", "cursor-invalid")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/events")] HttpRequest request)
    {
        var http = request.HttpContext;
        DateTimeOffset? since = null;
        if (request.QueryParameter("since") is { } text)
        {
            if (!Rfc3339.TryParse(text, out var time))
            {
                return WebhookProblems.SinceParameterInvalid().ToResult();
            }

            since = time;
        }

        var query = new EventListQuery
        {
            Type = request.QueryParameter("type"),
            Since = since,
            Limit = request.QueryParameter("limit"),
            Cursor = request.QueryParameter("cursor"),
        };
        var outcome = await events.ListAsync(http.CustomerId(), query, http.RequestAborted);
        if (!outcome.Succeeded(out var listing, out var problem))
        {
            return problem.ToResult();
        }

        PageLink.Add(request, listing.NextCursor, "type", "since", "limit");
        return JsonResponse.Of(
            new EventPageView([.. listing.Events.Select(stored => EventView.Of(stored))], listing.NextCursor), WebhookBodies.Default.EventPageView);
    }

    /// <summary><c>GET /api/events/{id}</c>: returns an event with its deliveries.</summary>
    [Function("GetEvent")]
    [RequireScope(Scope)]
    [Returns<EventView>(200)]
    [Problems("event-not-found")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/events/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await events.FindAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var found, out var problem)
            ? JsonResponse.Of(EventView.Of(found), WebhookBodies.Default.EventView)
            : problem.ToResult();
    }
}
