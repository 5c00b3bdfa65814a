using System.Net;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Ordering;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Stores the outcomes of attempts in three steps: queues the message for the next attempt, writes the outcome to the delivery's row, and
/// updates the ordering queue. If processing is interrupted before the last step, the queue delivers the current message again, and all
/// steps run again. An attempt may therefore be made twice, but no attempt is skipped.
/// </summary>
public sealed partial class DeliveryOutcomes(
    DeliveryStore deliveries,
    OrderingQueues ordering,
    EndpointDisabling disabling,
    DeliveryQueue queue,
    TimeProvider time,
    ILogger<DeliveryOutcomes> logger)
{
    /// <param name="permit">The permit for the attempt. It reports the outcome to the circuit breaker.</param>
    /// <exception cref="ContentionException">
    /// The outcome could not be stored, because other copies of the message changed the delivery during every attempt to store it.
    /// </exception>
    public async Task StoreAsync(
        DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, AttemptResult result, AttemptPermit permit, CancellationToken cancellationToken)
    {
        LogAttempt(stored.Id, message.Attempt, result.Status, result.Error, result.Duration.TotalMilliseconds);
        var now = time.GetUtcNow();
        switch (DeliveryDecision.Of(result, message.Attempt, endpoint.Health.FailingSince, now, Random.Shared))
        {
            case DeliveryDecision.Delivered:
                await permit.ReportSuccessAsync(cancellationToken);
                await EndAsync(stored, delivery => Add(delivery, result, message.Attempt).Deliver(), cancellationToken);
                break;
            case DeliveryDecision.RetryAt retry:
                await queue.SendAsync(message with { Attempt = message.Attempt + 1, Deferrals = 0 }, retry.Time - now, cancellationToken);
                await permit.ReportFailureAsync(IsUnreachable(result), cancellationToken);
                await ReplaceAsync(stored, delivery => Add(delivery, result, message.Attempt) with { NextAttemptAt = retry.Time }, cancellationToken);
                break;
            case DeliveryDecision.GiveUp giveUp:
                await permit.ReportFailureAsync(IsUnreachable(result), cancellationToken);
                await EndAsync(stored, delivery => Add(delivery, result, message.Attempt).Fail(giveUp.Reason), cancellationToken);
                break;
            case DeliveryDecision.DisableEndpoint disable:
                await disabling.DisableAsync(endpoint, disable.Reason, cancellationToken);
                await EndAsync(stored, delivery => Add(delivery, result, message.Attempt).Fail(InactiveReason.Of(EndpointStatus.Disabled)), cancellationToken);
                break;
        }
    }

    /// <summary>Marks a delivery as failed without making an attempt.</summary>
    public Task FailAsync(StoredDelivery stored, string reason, CancellationToken cancellationToken) =>
        EndAsync(stored, delivery => delivery.Fail(reason), cancellationToken);

    /// <summary>
    /// Marks the event of a delivery that has ended as settled in its ordering queue. This step is missing if processing was interrupted
    /// after the delivery's row was written.
    /// </summary>
    public Task SettleAsync(StoredDelivery stored, CancellationToken cancellationToken) =>
        stored.Delivery is { Position: { } position, Status: not DeliveryStatus.Pending }
            ? ordering.SettleAsync(stored.Id.Endpoint, position, cancellationToken)
            : Task.CompletedTask;

    private static Delivery Add(Delivery delivery, AttemptResult result, int number) => delivery.Add(
        new DeliveryAttempt(
            result.At,
            result.Status,
            Math.Round(result.Duration.TotalMilliseconds, 1),
            result.Error == AttemptError.None ? null : WireNames<AttemptError>.Of(result.Error),
            ErrorOf(result),
            result.ResponseStart is { Length: > 0 } start ? start : null,
            result.ResponseHeaders is { Count: > 0 } headers ? headers : null),
        number);

    private static string? ErrorOf(AttemptResult result) =>
        result.Succeeded ? null
        : result.Status is { } status ? $"HTTP {status}"
        : result.ErrorDetail ?? result.Error.ToString();

    private static bool IsUnreachable(AttemptResult result) =>
        result.Status is null or (int)HttpStatusCode.TooManyRequests or >= (int)HttpStatusCode.InternalServerError;

    private async Task EndAsync(StoredDelivery stored, Func<Delivery, Delivery> end, CancellationToken cancellationToken)
    {
        if (await ReplaceAsync(stored, end, cancellationToken) is { } ended)
        {
            await SettleAsync(ended, cancellationToken);
        }
    }

    /// <returns>The delivery as it is stored after the change; null when the delivery was deleted.</returns>
    private Task<StoredDelivery?> ReplaceAsync(StoredDelivery stored, Func<Delivery, Delivery> change, CancellationToken cancellationToken)
    {
        StoredDelivery? known = stored;
        return OptimisticUpdate.RunAsync(
            async () =>
            {
                var read = known ?? await deliveries.FindAsync(stored.Id, cancellationToken);
                known = null;
                return read;
            },
            async current =>
            {
                // Another copy of the message may have made the same attempt and stored its outcome first. If that attempt succeeded, the
                // delivery remains delivered.
                if (current is null
                    || (!ReferenceEquals(current, stored)
                        && current.Delivery is { Status: DeliveryStatus.Delivered } delivered
                        && delivered.Round >= stored.Delivery.Round))
                {
                    return (Done: true, Result: current);
                }

                var changed = change(current.Delivery.Round < stored.Delivery.Round ? stored.Delivery : current.Delivery);
                var written = await deliveries.TryReplaceAsync(current, changed, cancellationToken);
                return (Done: written, Result: current with { Delivery = changed });
            },
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId}, attempt {Attempt}: {Status} {Error} in {Milliseconds:0} ms")]
    private partial void LogAttempt(DeliveryId deliveryId, int attempt, int? status, AttemptError error, double milliseconds);
}
