using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// Makes attempts. One that takes long goes on beside the queue's slots, of which there are few: a copy of its message, hidden for
/// longer than any attempt takes, goes back first, and makes the attempt again should this instance not live to see its end.
/// </summary>
public sealed partial class DeliveryAttempts(
    WebhookSender sender,
    EndpointKeys keys,
    DeliveryOutcomes outcomes,
    DeliveryQueue queue,
    IOptions<WebhookOptions> options,
    IOptions<WebhookSenderOptions> senderOptions,
    TimeProvider time,
    ILogger<DeliveryAttempts> logger)
{
    /// <summary>What the note of an outcome may take when storage falters.</summary>
    private static readonly TimeSpan NoteTime = TimeSpan.FromSeconds(45);

    private int _detached;

    /// <param name="isTry">Whether it is the one attempt of a half-open circuit breaker.</param>
    /// <param name="ended">Called when the attempt has ended, which may be after this returns.</param>
    public async Task RunAsync(
        DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, bool isTry, Action ended, CancellationToken cancellationToken)
    {
        // Once it has begun, an attempt is seen to its end: it is bounded, and what came of it is worth noting.
        var attempt = AttemptAsync(message, stored, endpoint, isTry, ended);
        await Task.WhenAny(attempt, Task.Delay(options.Value.SlotTime, time, cancellationToken));
        if (attempt.IsCompleted || !TryDetach())
        {
            await attempt;
            return;
        }

        try
        {
            await queue.SendAsync(message, senderOptions.Value.Timeout + NoteTime, CancellationToken.None);
        }
        catch
        {
            Interlocked.Decrement(ref _detached);
            await attempt;
            return;
        }

        _ = EndAsync(attempt, stored.Id);
    }

    private async Task AttemptAsync(DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, bool isTry, Action ended)
    {
        try
        {
            var result = await sender.SendAsync(
                new WebhookAttempt
                {
                    Url = new Uri(endpoint.Endpoint.Url),
                    MessageId = stored.Delivery.EventId,
                    Body = stored.Body,
                    Keys = keys.Of(endpoint.Endpoint, endpoint.Id),
                },
                CancellationToken.None);
            await outcomes.NoteAsync(message, stored, endpoint, result, isTry, CancellationToken.None);
        }
        finally
        {
            ended();
        }
    }

    private async Task EndAsync(Task attempt, DeliveryId id)
    {
        try
        {
            await attempt;
        }
        catch (Exception exception)
        {
            LogLeftToCopy(exception, id);
        }
        finally
        {
            Interlocked.Decrement(ref _detached);
        }
    }

    private bool TryDetach()
    {
        if (Interlocked.Increment(ref _detached) <= options.Value.MaxDetached)
        {
            return true;
        }

        Interlocked.Decrement(ref _detached);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What came of an attempt at {DeliveryId} could not be noted; it will be made again")]
    private partial void LogLeftToCopy(Exception exception, DeliveryId deliveryId);
}
