using System.Net;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// Notes what came of attempts. The next attempt's message is sent before the outcome is written, and the line of the key moves on
/// after it, so that wherever this is interrupted the message that is being handled does it again: an attempt may be repeated, none is
/// left out.
/// </summary>
public sealed partial class DeliveryOutcomes(
    DeliveryStore deliveries,
    KeyLine line,
    CircuitBreaker breaker,
    EndpointDisabling disabling,
    DeliveryQueue queue,
    TimeProvider time,
    ILogger<DeliveryOutcomes> logger)
{
    private const int MostAttempts = 5;

    /// <param name="isTry">Whether it was the one attempt of a half-open circuit breaker.</param>
    public async Task NoteAsync(
        DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, AttemptResult result, bool isTry, CancellationToken cancellationToken)
    {
        LogAttempt(stored.Id, message.Attempt, result.Status, result.Error, result.Duration.TotalMilliseconds);
        var now = time.GetUtcNow();
        switch (DeliveryDecision.Of(result, message.Attempt, endpoint.Health.FailingSince, now, Random.Shared))
        {
            case DeliveryDecision.Delivered:
                await breaker.SucceededAsync(endpoint, cancellationToken);
                await EndAsync(stored, delivery => Add(delivery, result, message.Attempt).Deliver(), cancellationToken);
                break;
            case DeliveryDecision.RetryAt retry:
                await queue.SendAsync(message with { Attempt = message.Attempt + 1, Deferrals = 0 }, retry.Time - now, cancellationToken);
                await breaker.FailedAsync(endpoint, IsUnreachable(result), isTry, cancellationToken);
                await ReplaceAsync(stored, delivery => Add(delivery, result, message.Attempt) with { NextAttemptAt = retry.Time }, cancellationToken);
                break;
            case DeliveryDecision.GiveUp giveUp:
                await breaker.FailedAsync(endpoint, IsUnreachable(result), isTry, cancellationToken);
                await EndAsync(stored, delivery => Add(delivery, result, message.Attempt).Fail(giveUp.Reason), cancellationToken);
                break;
            case DeliveryDecision.DisableEndpoint disable:
                await disabling.DisableAsync(endpoint, disable.Reason, cancellationToken);
                await EndAsync(stored, delivery => Add(delivery, result, message.Attempt).Fail(InactiveReason.Of(EndpointStatus.Disabled)), cancellationToken);
                break;
        }
    }

    /// <summary>Ends a delivery without an attempt.</summary>
    public Task FailAsync(StoredDelivery stored, string reason, CancellationToken cancellationToken) =>
        EndAsync(stored, delivery => delivery.Fail(reason), cancellationToken);

    /// <summary>Moves the line on behind a delivery that has ended; whoever ended it may not have come to it.</summary>
    public Task SettleAsync(StoredDelivery stored, CancellationToken cancellationToken) =>
        stored.Delivery is { Position: { } position, Status: not DeliveryStatus.Pending }
            ? line.SettleAsync(stored.Id.Endpoint, position, cancellationToken)
            : Task.CompletedTask;

    private static Delivery Add(Delivery delivery, AttemptResult result, int number) => delivery.Add(
        new DeliveryAttempt(
            result.At,
            result.Status,
            Math.Round(result.Duration.TotalMilliseconds, 1),
            ErrorOf(result),
            result.Answer is { Length: > 0 } answer ? answer : null),
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

    /// <returns>What is there now; null when the delivery is gone.</returns>
    private async Task<StoredDelivery?> ReplaceAsync(StoredDelivery stored, Func<Delivery, Delivery> change, CancellationToken cancellationToken)
    {
        var read = stored;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var changed = change(read.Delivery);
            if (await deliveries.TryReplaceAsync(read, changed, cancellationToken))
            {
                return read with { Delivery = changed };
            }

            // Another copy of the message was faster. Its attempt and this one were both made, and what is delivered stays so.
            if (await deliveries.FindAsync(read.Id, cancellationToken) is not { } current)
            {
                return null;
            }

            if (current.Delivery is { Status: DeliveryStatus.Delivered } delivered && delivered.Round >= stored.Delivery.Round)
            {
                return current;
            }

            read = current with { Delivery = current.Delivery.Round < stored.Delivery.Round ? stored.Delivery : current.Delivery };
        }

        throw new TimeoutException($"The delivery {stored.Id} is changed too often at once.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId}, attempt {Attempt}: {Status} {Error} in {Milliseconds:0} ms")]
    private partial void LogAttempt(DeliveryId deliveryId, int attempt, int? status, AttemptError error, double milliseconds);
}
