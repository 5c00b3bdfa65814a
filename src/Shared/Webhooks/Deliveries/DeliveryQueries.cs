using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>The query parameters of a listing, exactly as the client sent them. A parameter that the client did not send is null.</summary>
public sealed record DeliveryListQuery
{
    /// <summary><c>pending</c>, <c>delivered</c> or <c>failed</c>.</summary>
    public string? Status { get; init; }

    public string? Limit { get; init; }

    public string? Cursor { get; init; }
}

/// <summary>A page of an endpoint's deliveries, newest event first.</summary>
/// <param name="Endpoint">The endpoint that the deliveries belong to.</param>
/// <param name="NextCursor">The cursor for the next page; null on the last page.</param>
public sealed record DeliveryListing(StoredEndpoint Endpoint, IReadOnlyList<StoredDelivery> Deliveries, string? NextCursor);

/// <summary>A delivery with its body, and the endpoint that it belongs to.</summary>
public sealed record FoundDelivery(StoredEndpoint Endpoint, StoredDelivery Stored);

/// <summary>Reads a customer's deliveries.</summary>
public sealed class DeliveryQueries(EndpointManagement management, DeliveryStore deliveries)
{
    /// <returns>
    /// The delivery, or a 404 <c>delivery-not-found</c> problem, also when the delivery belongs to another customer or to a deleted endpoint.
    /// </returns>
    public async Task<Outcome<FoundDelivery>> FindAsync(string customerId, string? deliveryId, CancellationToken cancellationToken) =>
        DeliveryId.TryParse(deliveryId, out var id)
        && (await management.FindAsync(customerId, id.Endpoint.Value, cancellationToken)).Value is { } endpoint
        && await deliveries.FindAsync(id, cancellationToken) is { } stored
            ? new FoundDelivery(endpoint, stored)
            : WebhookProblems.DeliveryNotFound();

    /// <summary>Lists an endpoint's deliveries. The deliveries of the newest events come first.</summary>
    /// <returns>
    /// A page, or a problem: <c>endpoint-not-found</c> (404), or <c>status-invalid</c>, <c>limit-invalid</c> or <c>cursor-invalid</c>
    /// (400).
    /// </returns>
    public async Task<Outcome<DeliveryListing>> ListAsync(
        string customerId, string? endpointId, DeliveryListQuery query, CancellationToken cancellationToken)
    {
        DeliveryStatus? status = null;
        if (query.Status is { } text)
        {
            if (!WireNames<DeliveryStatus>.TryParse(text, out var wanted))
            {
                return WebhookProblems.DeliveryStatusUnknown(text);
            }

            status = wanted;
        }

        if (!PageLimit.TryParse(query.Limit, out var limit, out var problem))
        {
            return problem;
        }

        if (!(await management.FindAsync(customerId, endpointId, cancellationToken)).Succeeded(out var endpoint, out problem))
        {
            return problem;
        }

        DeliveryId? after = null;
        if (query.Cursor is not null)
        {
            if (!DeliveryId.TryParse(query.Cursor, out var last) || last.Endpoint != endpoint.Id)
            {
                return PageProblems.CursorInvalid();
            }

            after = last;
        }

        var page = await deliveries.ListAsync(endpoint.Id, after, since: null, status, limit, cancellationToken);
        return new DeliveryListing(endpoint, page.Deliveries, page.Next?.Value);
    }
}
