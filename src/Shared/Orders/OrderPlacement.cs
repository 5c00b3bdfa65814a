using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// Places orders, each idempotency key's once. The key record is in the order's own shard and is written with it, so that the store
/// itself decides between requests of the same key; what spans the end of a month is settled by a fence, see docs/decisions.md.
/// </summary>
public sealed class OrderPlacement(
    IOrderStore store, OrderIntentQueue intents, OrderEventRelay relay, TokenSigner signer, IOptions<OrderOptions> options, TimeProvider time)
{
    /// <summary>
    /// How far apart the clocks of two instances, and of the store's last work for a request that has given up, may be for a key to
    /// place one order only at the end of a month.
    /// </summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>An attempt fails when an expired key is renewed by several requests at once, or expires while it is looked at.</summary>
    private const int MostAttempts = 3;

    /// <returns>
    /// The order, or a problem: those of <see cref="OrderRules"/>, <c>total-overflow</c> 422, <c>idempotency-key-reused</c> 422,
    /// <c>idempotency-in-flight</c> 409.
    /// </returns>
    public async Task<Outcome<WrittenOrder>> PlaceAsync(
        string customerId, IdempotencyKey key, OrderRequest request, CancellationToken cancellationToken)
    {
        if (OrderRules.Check(request) is { } problem)
        {
            return problem;
        }

        if (OrderRules.TotalOf(request.Lines) is not { } total)
        {
            return OrderProblems.TotalOverflow();
        }

        var now = WholeMilliseconds.Of(time.GetUtcNow());
        var shard = new OrderShard(customerId, OrderMonth.Of(now));
        var record = new KeyRecord { Id = key.RecordId, Fingerprint = RequestFingerprint.Of(request), ExpiresAt = now + KeyRecord.Lifetime };
        if (await FindInPreviousMonthAsync(shard, record, now, cancellationToken) is { } earlier)
        {
            return await ReplayAsync(earlier.Shard, earlier.Record, record.Fingerprint, cancellationToken);
        }

        var order = new Order
        {
            Id = OrderId.New(now).Value,
            CustomerId = customerId,
            Status = OrderStatus.Placed,
            Currency = request.Currency,
            Total = total,
            Lines = request.Lines,
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

    /// <summary>From the intent on the client may go away and nothing changes: only the deadline ends the attempt.</summary>
    private async Task<Outcome<WrittenOrder>> CommitAsync(OrderCreation creation)
    {
        using var deadline = new CancellationTokenSource(options.Value.CommitDeadline, time);
        var intent = await intents.SendAsync(OrderIntent.Of(creation.Order), deadline.Token);
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
        return OrderProblems.InFlight();
    }

    private async Task<Outcome<WrittenOrder>> ConflictAsync(
        OrderCreation creation, KeyRecord known, SendReceipt intent, CancellationToken cancellationToken)
    {
        if (known.OrderId == creation.Order.Id)
        {
            // The client library had sent the write again after losing the answer to the first, which had been carried out.
            await relay.PublishAsync(creation.Shard, creation.Event, intent);
            return await ReplayAsync(creation.Shard, known, known.Fingerprint, cancellationToken) is { Value: { } own }
                ? own with { Replayed = false }
                : OrderProblems.InFlight();
        }

        await relay.WithdrawAsync(intent);
        if (known.OrderId is not null)
        {
            return await ReplayAsync(creation.Shard, known, creation.Key.Fingerprint, cancellationToken);
        }

        var next = creation.Shard with { Month = creation.Shard.Month.Next };
        return await store.FindKeyAsync(next, known.Id, cancellationToken) is { Record: { OrderId: not null } placed }
            ? await ReplayAsync(next, placed, creation.Key.Fingerprint, cancellationToken)
            : OrderProblems.InFlight();
    }

    /// <summary>
    /// The key's order, if it was placed before the month began. As long as another instance might still be placing one there, leaves
    /// a fence in its way.
    /// </summary>
    private async Task<(OrderShard Shard, KeyRecord Record)?> FindInPreviousMonthAsync(
        OrderShard shard, KeyRecord record, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sinceMonthBegan = now - shard.Month.Start;
        if (sinceMonthBegan > KeyRecord.Lifetime + ClockTolerance)
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

            // When the fence cannot be added, somebody else has just settled what is there: the next look ends this.
            if (!mayStillBePlaced
                || found is { Record.OrderId: null }
                || await store.TryAddKeyAsync(previous, record, found, cancellationToken))
            {
                return null;
            }
        }
    }

    private async Task<Outcome<WrittenOrder>> ReplayAsync(
        OrderShard shard, KeyRecord known, string fingerprint, CancellationToken cancellationToken)
    {
        if (known.Fingerprint != fingerprint)
        {
            return OrderProblems.KeyReused();
        }

        if (!OrderId.TryParse(known.OrderId, out var id) || await store.FindLatestAsync(shard, id, cancellationToken) is not { } stored)
        {
            throw new InvalidOperationException($"The order {known.OrderId} of an idempotency key is missing.");
        }

        return Written(stored.Order.AsPlaced(), stored.Session) with { Replayed = true };
    }

    private WrittenOrder Written(Order order, string? session) =>
        new(order, ConsistencyToken.Of(store.Kind, order, session, signer));
}
