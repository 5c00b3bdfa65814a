using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>The parameters of a listing as the client has sent them; null for those that it has not.</summary>
public sealed record DeliveryListQuery
{
    /// <summary><c>pending</c>, <c>delivered</c> or <c>failed</c>.</summary>
    public string? Status { get; init; }

    public string? Limit { get; init; }

    public string? Cursor { get; init; }
}

/// <param name="Endpoint">Whose deliveries they are.</param>
/// <param name="NextCursor">Goes on after the last of the page; null when that was the oldest.</param>
public sealed record DeliveryListing(StoredEndpoint Endpoint, IReadOnlyList<StoredDelivery> Deliveries, string? NextCursor);

/// <summary>What a customer may see of deliveries.</summary>
public sealed class DeliveryQueries(EndpointManagement management, DeliveryStore deliveries)
{
    /// <summary>An endpoint's deliveries, newest event first.</summary>
    /// <returns>
    /// A page, or a problem: <c>endpoint-not-found</c> 404, <c>status-invalid</c>, <c>limit-invalid</c> or <c>cursor-invalid</c> 400.
    /// </returns>
    public async Task<Outcome<DeliveryListing>> ListAsync(
        string customerId, string? endpointId, DeliveryListQuery query, CancellationToken cancellationToken)
    {
        DeliveryStatus? status = null;
        if (query.Status is { } text && !DeliveryStatuses.TryParse(text, out status))
        {
            return WebhookProblems.DeliveryStatusUnknown(text);
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
                return WebhookProblems.CursorInvalid();
            }

            after = last;
        }

        var page = await deliveries.ListAsync(endpoint.Id, after, since: null, status, limit, cancellationToken);
        return new DeliveryListing(endpoint, page.Deliveries, page.Next?.Value);
    }
}
