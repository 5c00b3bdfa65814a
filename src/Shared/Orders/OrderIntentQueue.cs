using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders;

/// <summary>Queue <c>order-intents</c>, and <c>order-intents-poison</c>.</summary>
public sealed class OrderIntentQueue(QueueServiceClient queues, IOptions<OrderOptions> options)
{
    public const string Name = "order-intents";

    public const string PoisonName = Name + "-poison";

    /// <summary>
    /// Longer than a store may still carry out a request whose sender has given up: Tables end one after 30 seconds, Cosmos sooner.
    /// </summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(90);

    private readonly MessageQueue _queue = new(queues, Name);

    /// <summary>Sends the intent so that nobody sees it before the commit has ended one way or the other.</summary>
    public Task<SendReceipt> SendAsync(OrderIntent intent, CancellationToken cancellationToken) =>
        _queue.SendAsync(intent.ToJson(), options.Value.IntentDelay, cancellationToken);

    public Task SendFinalAsync(OrderIntent intent, CancellationToken cancellationToken) =>
        _queue.SendAsync((intent with { Final = true }).ToJson(), SecondLook, cancellationToken);

    public Task DeleteAsync(SendReceipt receipt, CancellationToken cancellationToken) => _queue.DeleteAsync(receipt, cancellationToken);
}
