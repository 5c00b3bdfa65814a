using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>
/// Places orders, at most one for each idempotency key. The key record is written to the order's shard in the same transaction as the
/// order, so that only one of several requests with the same key can succeed. A fence record prevents a second order when requests with the
/// same key arrive before and after the end of a month; see docs/decisions.md.
/// </summary>
public sealed class OrderPlacement(
    IOrderStore store,
    OrderPricing pricing,
    OrderIntentQueue intents,
    OrderEventRelay relay,
    TokenSigner signer,
    IOptions<OrderOptions> options,
    TimeProvider time)
{
    /// <summary>
    /// The maximum clock skew between two instances. Up to this skew, at most one order is placed for each key, even around the end of a
    /// month. The value includes the time for which a store may continue to process a request after the sender has stopped waiting.
    /// </summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The maximum number of attempts. An attempt fails when several requests replace an expired key record concurrently, or when the
    /// record expires during the attempt.
    /// </summary>
    private const int MostAttempts = 3;

    private readonly KnownMonths _months = new(store);

    /// <summary>Places an order at the current prices of the catalogue.</summary>
    /// <returns>
    /// The order, or a problem: any problem from <see cref="OrderRules.Check(OrderRequest)"/> or <see cref="OrderPricing.PriceAsync"/>,
    /// <c>idempotency-key-reused</c> (422) or <c>idempotency-in-flight</c> (409).
    /// </returns>
    public async Task<Outcome<WrittenOrder>> PlaceAsync(
        string customerId, IdempotencyKey key, OrderRequest request, CancellationToken cancellationToken)
    {
        if (OrderRules.Check(request) is { } invalid)
        {
            return invalid;
        }

        var fingerprint = FingerprintOf(request, OrderJson.Default.OrderRequest);
        return (await pricing.PriceAsync(request, cancellationToken)).Succeeded(out var order, out var problem)
            ? await PlaceAsync(customerId, key, order, fingerprint, cancellationToken)
            : await FindPlacedAsync(customerId, key, fingerprint, cancellationToken) ?? problem;
    }

    /// <summary>
    /// Places an order at prices that were read earlier. A checkout uses this method, so that its repetition after an interruption places
    /// the order at the prices of the first attempt.
    /// </summary>
    /// <returns>
    /// The order, or a problem: <c>total-overflow</c> (422), <c>idempotency-key-reused</c> (422) or <c>idempotency-in-flight</c> (409).
    /// </returns>
    public Task<Outcome<WrittenOrder>> PlaceAsync(
        string customerId, IdempotencyKey key, PricedOrder order, CancellationToken cancellationToken) =>
        PlaceAsync(customerId, key, order, FingerprintOf(order, OrderJson.Default.PricedOrder), cancellationToken);

    private async Task<Outcome<WrittenOrder>> PlaceAsync(
        string customerId, IdempotencyKey key, PricedOrder priced, string fingerprint, CancellationToken cancellationToken)
    {
        if (OrderRules.TotalOf(priced.Lines) is not { } total)
        {
            return OrderProblems.TotalOverflow();
        }

        var now = WholeMilliseconds.Of(time.GetUtcNow());
        var shard = new OrderShard(customerId, OrderMonth.Of(now));
        var record = new KeyRecord { Id = key.RecordId, Fingerprint = fingerprint, ExpiresAt = now + IdempotencyKey.Lifetime };
        if (await FindInPreviousMonthAsync(shard, record, now, cancellationToken) is { } earlier)
        {
            return await ReplayAsync(earlier.Shard, earlier.Record, record.Fingerprint, cancellationToken);
        }

        var order = new Order
        {
            Id = OrderId.New(now).Value,
            CustomerId = customerId,
            Status = OrderStatus.Placed,
            Currency = priced.Currency,
            Total = total,
            Lines = priced.Lines,
            CreatedAt = now,
            Version = 1,
            ChangeId = Guid.NewGuid(),
        };
        return await CommitAsync(new OrderCreation
        {
            Shard = shard,
            Order = order,
            Key = record with { OrderId = order.Id },
            Event = OrderEvents.Of(order, previous: null),
        });
    }

    /// <summary>
    /// Commits an order. Once the intent is queued, only the deadline can cancel the commit. The request's cancellation token is ignored,
    /// so the commit continues if the client disconnects.
    /// </summary>
    private async Task<Outcome<WrittenOrder>> CommitAsync(OrderCreation creation)
    {
        using var deadline = new CancellationTokenSource(options.Value.CommitDeadline, time);
        // The two requests run concurrently, so the index does not lengthen the response time.
        var sending = intents.SendAsync(OrderIntent.Of(creation.Order), deadline.Token);
        await Task.WhenAll(sending, _months.EnsureAsync(creation.Shard, deadline.Token));
        var intent = await sending;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await store.TryCreateAsync(creation, deadline.Token) is { } receipt)
            {
                await relay.PublishAsync(creation.Shard, creation.Event, intent);
                return Written(creation.Order, receipt.Session);
            }

            var existing = await store.FindKeyAsync(creation.Shard, creation.Key.Id, deadline.Token);
            if (existing is { Record: var known } && (known.OrderId is null || known.ExpiresAt > creation.Order.CreatedAt))
            {
                return await ConflictAsync(creation, known, intent, deadline.Token);
            }

            creation = creation with { Expired = existing };
        }

        await relay.WithdrawAsync(intent);
        return IdempotencyProblems.InFlight();
    }

    private async Task<Outcome<WrittenOrder>> ConflictAsync(
        OrderCreation creation, KeyRecord known, SendReceipt intent, CancellationToken cancellationToken)
    {
        if (known.OrderId == creation.Order.Id)
        {
            // The key record contains the id of this order, so the commit succeeded. The client library lost the response and repeated the
            // commit.
            await relay.PublishAsync(creation.Shard, creation.Event, intent);
            return await ReplayAsync(creation.Shard, known, known.Fingerprint, cancellationToken) is { Value: { } own }
                ? own with { Replayed = false }
                : IdempotencyProblems.InFlight();
        }

        await relay.WithdrawAsync(intent);
        if (known.OrderId is not null)
        {
            return await ReplayAsync(creation.Shard, known, creation.Key.Fingerprint, cancellationToken);
        }

        var next = creation.Shard with { Month = creation.Shard.Month.Next };
        return await store.FindKeyAsync(next, known.Id, cancellationToken) is { Record: { OrderId: not null } placed }
            ? await ReplayAsync(next, placed, creation.Key.Fingerprint, cancellationToken)
            : IdempotencyProblems.InFlight();
    }

    /// <summary>
    /// Finds the order that was placed with the key in the previous month. If another instance might still place an order in that month,
    /// adds a fence record that prevents this.
    /// </summary>
    private async Task<(OrderShard Shard, KeyRecord Record)?> FindInPreviousMonthAsync(
        OrderShard shard, KeyRecord record, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sinceMonthBegan = now - shard.Month.Start;
        if (sinceMonthBegan > IdempotencyKey.Lifetime + ClockTolerance)
        {
            return null;
        }

        var previous = shard with { Month = shard.Month.Previous };
        var mayStillBePlaced = sinceMonthBegan <= options.Value.CommitDeadline + ClockTolerance;
        while (true)
        {
            var found = await store.FindKeyAsync(previous, record.Id, cancellationToken);
            if (found is { Record: { OrderId: not null } earlier } && earlier.ExpiresAt > now)
            {
                return (previous, earlier);
            }

            // If the fence cannot be added, another request has just written the key record, so the next read finds an order or a fence.
            if (!mayStillBePlaced
                || found is { Record.OrderId: null }
                || await store.TryAddKeyAsync(previous, record, found, cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>
    /// Finds the order that was placed with the key. A repeated request gets this order even if its products have changed or disappeared
    /// since. The order is looked up only if the prices do not allow a new order, so that a new order does not need another round trip.
    /// </summary>
    /// <returns>The outcome of the replay; null when no order was placed with the key.</returns>
    private async Task<Outcome<WrittenOrder>?> FindPlacedAsync(
        string customerId, IdempotencyKey key, string fingerprint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var shard = new OrderShard(customerId, OrderMonth.Of(now));
        var mayBeInPreviousMonth = now - shard.Month.Start <= IdempotencyKey.Lifetime + ClockTolerance;
        foreach (var each in mayBeInPreviousMonth ? (OrderShard[])[shard, shard with { Month = shard.Month.Previous }] : [shard])
        {
            if (await store.FindKeyAsync(each, key.RecordId, cancellationToken) is { Record: { OrderId: not null } placed } && placed.ExpiresAt > now)
            {
                return await ReplayAsync(each, placed, fingerprint, cancellationToken);
            }
        }

        return null;
    }

    private async Task<Outcome<WrittenOrder>> ReplayAsync(
        OrderShard shard, KeyRecord known, string fingerprint, CancellationToken cancellationToken)
    {
        if (known.Fingerprint != fingerprint)
        {
            return IdempotencyProblems.KeyReused();
        }

        if (!OrderId.TryParse(known.OrderId, out var id) || await store.FindLatestAsync(shard, id, cancellationToken) is not { } stored)
        {
            throw new InvalidOperationException($"The idempotency key belongs to order {known.OrderId}, but that order is missing.");
        }

        return Written(stored.Order.AsPlaced(), stored.Session) with { Replayed = true };
    }

    private WrittenOrder Written(Order order, string? session) =>
        new(order, ConsistencyToken.Of(store.Kind, order, session, signer));

    /// <summary>
    /// Returns the SHA-256 hash of the request in base64url. The hash is computed from a new serialization of the request, so that the
    /// order of members and the white space in the client's JSON make no difference.
    /// </summary>
    private static string FingerprintOf<T>(T request, JsonTypeInfo<T> type) =>
        RequestFingerprint.Of(JsonSerializer.SerializeToUtf8Bytes(request, type));
}

/// <param name="ConsistencyToken">A token for later reads. A read with this token sees this write.</param>
/// <param name="Replayed">Whether an earlier request with the same idempotency key placed the order.</param>
public sealed record WrittenOrder(Order Order, string ConsistencyToken, bool Replayed = false);
