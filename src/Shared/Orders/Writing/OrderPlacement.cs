using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>
/// Places orders, one for each idempotency key. The key record is in the order's shard and is written in the same transaction, so that
/// the store decides between requests with the same key. A fence decides between requests before and after the end of a month; see
/// docs/decisions.md.
/// </summary>
public sealed class OrderPlacement(
    IOrderStore store, OrderIntentQueue intents, OrderEventRelay relay, TokenSigner signer, IOptions<OrderOptions> options, TimeProvider time)
{
    /// <summary>
    /// The largest difference between the clocks of two instances at which a key still places only one order across the end of a month.
    /// It includes the time that a store may still work on a request that has been given up.
    /// </summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>An attempt fails when several requests replace an expired key record at once, or when the record expires during the attempt.</summary>
    private const int MostAttempts = 3;

    /// <returns>
    /// The order, or a problem: a problem of <see cref="OrderRules.Check(OrderRequest)"/>, <c>total-overflow</c> 422,
    /// <c>idempotency-key-reused</c> 422, <c>idempotency-in-flight</c> 409.
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
        var record = new KeyRecord { Id = key.RecordId, Fingerprint = FingerprintOf(request), ExpiresAt = now + IdempotencyKey.Lifetime };
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

    /// <summary>
    /// Commits without the request's cancellation token: once the intent is queued, only the deadline ends the attempt, even if the
    /// client disconnects.
    /// </summary>
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
            // The key record names this very order, so the commit was carried out: the client library had lost its response and repeated it.
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
    /// Finds the order that the key placed in the previous month. While another instance might still place an order there, adds a fence
    /// that prevents it.
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

            // When the fence cannot be added, another request has just written the key record, so the next read finds an order or a fence.
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
            throw new InvalidOperationException($"The order {known.OrderId}, which an idempotency key names, is missing.");
        }

        return Written(stored.Order.AsPlaced(), stored.Session) with { Replayed = true };
    }

    private WrittenOrder Written(Order order, string? session) =>
        new(order, ConsistencyToken.Of(store.Kind, order, session, signer));

    /// <summary>
    /// Base64url of SHA-256 over the request as this program serializes it, so that neither the order of members nor white space counts.
    /// </summary>
    private static string FingerprintOf(OrderRequest request) => Base64Url.EncodeToString(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, OrderJson.Default.OrderRequest)));
}

/// <param name="ConsistencyToken">A read that sends this token back sees this write.</param>
/// <param name="Replayed">Whether an earlier request with the same idempotency key has placed the order.</param>
public sealed record WrittenOrder(Order Order, string ConsistencyToken, bool Replayed = false);
