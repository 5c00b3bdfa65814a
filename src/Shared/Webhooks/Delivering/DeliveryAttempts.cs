using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Makes attempts. The host runs few queue messages at a time, so an attempt that takes longer than <see cref="WebhookOptions.SlotTime"/>
/// is detached: it goes on in the background and its message ends. Before that, a copy of the message is queued and hidden for longer
/// than any attempt takes. The copy makes the attempt again if this instance does not live to see the end of it.
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
    /// <summary>How long the write of an outcome may take while storage is slow.</summary>
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(45);

    private int _detached;

    /// <param name="permit">Disposed when the attempt has ended, which may be after this method returns.</param>
    public async Task RunAsync(
        DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, AttemptPermit permit, CancellationToken cancellationToken)
    {
        // The attempt itself is not cancelled: its duration is bounded, and a request that was sent deserves a stored outcome.
        var attempt = AttemptAsync(message, stored, endpoint, permit);
        await Task.WhenAny(attempt, Task.Delay(options.Value.SlotTime, time, cancellationToken));
        if (attempt.IsCompleted || !TryDetach())
        {
            await attempt;
            return;
        }

        try
        {
            await queue.SendAsync(message, senderOptions.Value.Timeout + WriteTime, CancellationToken.None);
        }
        catch
        {
            Interlocked.Decrement(ref _detached);
            await attempt;
            return;
        }

        _ = EndAsync(attempt, stored.Id);
    }

    private async Task AttemptAsync(DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, AttemptPermit permit)
    {
        using (permit)
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
            await outcomes.StoreAsync(message, stored, endpoint, result, permit, CancellationToken.None);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of an attempt at {DeliveryId} could not be stored; the attempt will be repeated")]
    private partial void LogLeftToCopy(Exception exception, DeliveryId deliveryId);
}
