using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>The queue <c>order-intents</c>. Messages that fail repeatedly are moved to <c>order-intents-poison</c> by the host.</summary>
public sealed class OrderIntentQueue(QueueServiceClient queues, IOptions<OrderOptions> options)
{
    public const string Name = "order-intents";

    public const string PoisonName = Name + "-poison";

    /// <summary>
    /// The delay of the final check. A store may still carry out a request that its sender has given up; Table Storage ends such a
    /// request after 30 seconds, and Cosmos sooner.
    /// </summary>
    private static readonly TimeSpan FinalDelay = TimeSpan.FromSeconds(90);

    private readonly MessageQueue _queue = new(queues, Name);

    /// <summary>Queues the intent before the commit. The intent becomes visible after the commit must have ended.</summary>
    public Task<SendReceipt> SendAsync(OrderIntent intent, CancellationToken cancellationToken) =>
        _queue.SendAsync(intent.ToJson(), options.Value.IntentDelay, cancellationToken);

    /// <summary>Queues the intent again, for a final check.</summary>
    public Task SendFinalAsync(OrderIntent intent, CancellationToken cancellationToken) =>
        _queue.SendAsync((intent with { Final = true }).ToJson(), FinalDelay, cancellationToken);

    public Task DeleteAsync(SendReceipt receipt, CancellationToken cancellationToken) => _queue.DeleteAsync(receipt, cancellationToken);
}

/// <summary>
/// A message of the queue <c>order-intents</c>: this version of this order is about to be committed. Its receiver checks whether the
/// version was committed and whether the event still has to be sent.
/// </summary>
/// <param name="OrderId">Contains the month, so that customer and order id name the shard.</param>
/// <param name="Final">
/// False in the first check. True in the second, which follows if the first has found no commit: a commit that is not there by then will
/// never be.
/// </param>
public sealed record OrderIntent(string CustomerId, string OrderId, int Version, bool Final)
{
    public static OrderIntent Of(Order order) => new(order.CustomerId, order.Id, order.Version, Final: false);

    public static bool TryParse(string text, [NotNullWhen(true)] out OrderIntent? intent, out OrderId orderId)
    {
        orderId = default;
        try
        {
            intent = JsonSerializer.Deserialize(text, OrderIntentJson.Default.OrderIntent);
        }
        catch (JsonException)
        {
            intent = null;
        }

        return intent is not null && Orders.OrderId.TryParse(intent.OrderId, out orderId);
    }

    public string ToJson() => JsonSerializer.Serialize(this, OrderIntentJson.Default.OrderIntent);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(OrderIntent))]
internal sealed partial class OrderIntentJson : JsonSerializerContext;
