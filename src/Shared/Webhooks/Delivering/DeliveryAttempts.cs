using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// Makes delivery attempts. The host processes only a few queue messages at a time. An attempt that takes longer than
/// <see cref="WebhookOptions.SlotTime"/> is therefore detached, which means that the attempt continues in the background after the
/// function has completed its message. Before that, the function queues a copy of the message with a delay that is longer than any attempt
/// takes. If this instance stops before it has stored the outcome, the attempt is made again when the copy is processed.
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
    /// <summary>The maximum time for storing an outcome, long enough for slow storage.</summary>
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(45);

    private int _detached;

    /// <param name="permit">
    /// The permit for the attempt. It is disposed when the attempt has ended, possibly after this method has returned.
    /// </param>
    public async Task RunAsync(
        DeliveryMessage message, StoredDelivery stored, StoredEndpoint endpoint, AttemptPermit permit, CancellationToken cancellationToken)
    {
        // The attempt itself is not cancelled, because its duration is limited and the outcome of a sent request must be stored.
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
                    Headers = keys.HeadersOf(endpoint.Endpoint, endpoint.Id),
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

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The outcome of an attempt for delivery {DeliveryId} could not be stored. The attempt will be repeated.")]
    private partial void LogLeftToCopy(Exception exception, DeliveryId deliveryId);
}
