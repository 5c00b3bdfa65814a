using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Events;

/// <summary>The query parameters of a listing of events. A parameter that the client did not send is null.</summary>
public sealed record EventListQuery
{
    /// <summary>The event type, exactly as the client sent it.</summary>
    public string? Type { get; init; }

    /// <summary>The time of the earliest event to list.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The maximum number of events, exactly as the client sent it.</summary>
    public string? Limit { get; init; }

    /// <summary>The cursor, exactly as the client sent it.</summary>
    public string? Cursor { get; init; }
}

/// <summary>A page of a customer's events, newest first.</summary>
/// <param name="NextCursor">The cursor for the next page; null on the last page.</param>
public sealed record EventListing(IReadOnlyList<StoredEvent> Events, string? NextCursor);

/// <summary>An event with its deliveries to the customer's endpoints, without their bodies.</summary>
public sealed record EventWithDeliveries(StoredEvent Event, IReadOnlyList<StoredDelivery> Deliveries);

/// <summary>Reads a customer's events. Reports another customer's event as not found.</summary>
public sealed class EventQueries(EventStore events, EventCursors cursors, EndpointStore endpoints, DeliveryStore deliveries)
{
    private const int Parallelism = 8;

    /// <returns>A page, or a 400 problem: <c>event-type-unknown</c>, <c>limit-invalid</c> or <c>cursor-invalid</c>.</returns>
    public async Task<Outcome<EventListing>> ListAsync(string customerId, EventListQuery query, CancellationToken cancellationToken)
    {
        var (type, since) = (query.Type, query.Since);
        if (type is not null && !WebhookEventTypes.All.Contains(type))
        {
            return WebhookProblems.EventTypeParameterUnknown(type);
        }

        if (!PageLimit.TryParse(query.Limit, out var limit, out var problem))
        {
            return problem;
        }

        string? after = null;
        if (query.Cursor is { } cursor && !cursors.TryRead(cursor, customerId, type, since, out after))
        {
            return PageProblems.CursorInvalid();
        }

        var page = await events.ListAsync(customerId, after, since, type, limit, cancellationToken);
        return new EventListing(page.Events, page.Next is { } next ? cursors.After(next, customerId, type, since) : null);
    }

    /// <returns>The event, or a 404 <c>event-not-found</c> problem.</returns>
    public async Task<Outcome<EventWithDeliveries>> FindAsync(string customerId, string eventId, CancellationToken cancellationToken)
    {
        if (await events.FindAsync(customerId, eventId, cancellationToken) is not { } found)
        {
            return WebhookProblems.EventNotFound();
        }

        // Each endpoint has its own partition, and the key of the delivery is known, so each read is a point query.
        var receivers = await endpoints.ListAsync(customerId, cancellationToken);
        var stored = new StoredDelivery?[receivers.Count];
        await Parallel.ForAsync(
            0,
            receivers.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (index, stop) => stored[index] = await deliveries.FindWithoutBodyAsync(DeliveryId.OfRow(receivers[index].Id, found.Key), stop));
        return new EventWithDeliveries(found, [.. stored.OfType<StoredDelivery>()]);
    }
}
