using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>The <c>order-intents</c> queue. The host moves messages that fail repeatedly to <c>order-intents-poison</c>.</summary>
public sealed class OrderIntentQueue(QueueServiceClient queues, IOptions<OrderOptions> options)
{
    public const string Name = "order-intents";

    public const string PoisonName = Name + "-poison";

    /// <summary>
    /// The delay before the final check. A store may still carry out a request after its sender has stopped waiting. Table Storage aborts
    /// such a request after 30 seconds, and Cosmos aborts it sooner.
    /// </summary>
    private static readonly TimeSpan FinalDelay = TimeSpan.FromSeconds(90);

    private readonly MessageQueue _queue = new(queues, Name);

    /// <summary>Queues the intent before the commit. The intent becomes visible only after the commit's deadline.</summary>
    public Task<SendReceipt> SendAsync(OrderIntent intent, CancellationToken cancellationToken) =>
        _queue.SendAsync(intent.ToJson(), options.Value.IntentDelay, cancellationToken);

    /// <summary>Queues the intent again, for a final check.</summary>
    public Task SendFinalAsync(OrderIntent intent, CancellationToken cancellationToken) =>
        _queue.SendAsync((intent with { Final = true }).ToJson(), FinalDelay, cancellationToken);

    public Task DeleteAsync(SendReceipt receipt, CancellationToken cancellationToken) => _queue.DeleteAsync(receipt, cancellationToken);
}

/// <summary>
/// A message in the <c>order-intents</c> queue, which announces that a version of an order is about to be committed. Its receiver checks
/// whether the version was committed and whether the event still has to be sent.
/// </summary>
/// <param name="OrderId">
/// The order's id. It contains the month. Together with the customer id, it therefore identifies the shard, which contains one customer's
/// orders for one month.
/// </param>
/// <param name="Final">
/// False for the first check. True for the second check, which follows if the first check finds no commit. If the second check finds no
/// commit either, the version will never be committed.
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
