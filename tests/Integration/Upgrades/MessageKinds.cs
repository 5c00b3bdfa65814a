using System.Text.Json.Nodes;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Webhooks.Delivering;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>The messages in the queues.</summary>
internal static class MessageKinds
{
    public static IEnumerable<StoredKind> All { get; } =
    [
        Of(
            "message-image-job", new ImageJobMessage(Samples.ImageId.Value, Samples.Noon), message => message.ToJson(),
            text => ImageJobMessage.TryParse(text, out _, out var message) ? message : null),
        Of(
            "message-image-upgrade", new ImageUpgradeMessage(Samples.ImageId.Value, Samples.Noon) { Spent = TimeSpan.FromSeconds(7) }, message => message.ToJson(),
            text => ImageUpgradeMessage.TryParse(text, out _, out var message) ? message : null),
        Of("message-event", Samples.Event, message => message.ToJson(), text => EventEnvelope.TryParse(text, out var message) ? message : null),
        Of(
            "message-order-intent", new OrderIntent(Samples.Customer, Samples.OrderId.Value, 2, Final: true), message => message.ToJson(),
            text => OrderIntent.TryParse(text, out var message, out _) ? message : null),
        Of(
            "message-webhook-delivery", new DeliveryMessage(Samples.Customer, Samples.DeliveryId.Value, 2, 3, 4, Samples.Noon), message => message.ToJson(),
            text => DeliveryMessage.TryParse(text, out var message, out _) ? message : null),
        Of(
            "message-webhook-recovery", new RecoveryMessage(Samples.Customer, Samples.EndpointId.Value, Samples.Noon, Samples.DeliveryId.Value), message => message.ToJson(),
            text => RecoveryMessage.TryParse(text, out var message, out _) ? message : null),
    ];

    private static StoredKind Of<T>(string name, T message, Func<T, string> write, Func<string, T?> read)
        where T : class => new(
            name,
            message,
            () => Task.FromResult(JsonNode.Parse(write(message))!),
            stored => Task.FromResult<object>(read(stored.ToJsonString()) ?? throw new InvalidDataException("The message cannot be parsed.")));
}
