using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessScale.SmokeTest.Receiving;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Places an order, waits until its event arrives at a receiver, and verifies the signature of the webhook.</summary>
internal static class DeliveryCheck
{
    private const string Endpoints = "api/webhooks/endpoints";
    private const string EventType = "order.created";

    public static async Task<CheckOutcome> RunAsync(TestSession session, CancellationToken cancellationToken)
    {
        var options = session.Options;
        if (options.ReceiverPort is not { } port)
        {
            return CheckOutcome.Skipped(
                options.Url.IsLoopback
                    ? "No receiver. Add --receiver-port 0, and start LocalCloud with --allow-private-webhooks."
                    : "No receiver. Add --receiver-port and --public-receiver-url.");
        }

        if (options.PublicReceiverUrl is null && !options.Url.IsLoopback)
        {
            return CheckOutcome.Skipped("The shop sends webhooks only to public HTTPS URLs. Add --public-receiver-url.");
        }

        if (session.Product is not { } product)
        {
            return CheckOutcome.Skipped("The product for the order was not created.");
        }

        await using var receiver = await WebhookReceiver.StartAsync(port, everyInterface: options.PublicReceiverUrl is not null, cancellationToken);
        var endpoint = (await session.Shop.SendAsync(
            HttpMethod.Post,
            Endpoints,
            new()
            {
                ["url"] = (options.PublicReceiverUrl ?? receiver.LocalUrl).AbsoluteUri,
                ["eventTypes"] = new JsonArray(EventType),
                ["description"] = "A smoke test after a deployment. The test deletes it.",
            },
            header: null,
            cancellationToken)).Expect(201);
        var id = endpoint.Member<string>("id");
        session.Created.Add(new("endpoint", async token => (await session.Shop.SendAsync(HttpMethod.Delete, $"{Endpoints}/{id}", token)).Expect(204)));

        var order = (await OrderChecks.PlaceAsync(session, product, OrderChecks.NewKey(), cancellationToken)).Member<string>("id");
        var start = session.Time.GetTimestamp();
        var webhook = await ReceiveAsync(session, receiver, order, cancellationToken)
            ?? throw new CheckFailedException(
                $"No webhook within {options.Limit.TotalSeconds:0} s",
                $"The event {EventType} of the order {order} did not arrive. {await LastAttemptAsync(session, id, cancellationToken)}");
        var elapsed = session.Time.GetElapsedTime(start);
        return WebhookSignature.Refuse(webhook, endpoint.Member<string>("secret"), session.Time.GetUtcNow()) is { } reason
            ? throw new CheckFailedException("The webhook is not genuine", reason)
            : CheckOutcome.Ok(string.Create(CultureInfo.InvariantCulture, $"{EventType} arrived after {elapsed.TotalSeconds:0.0} s, signature verified"));
    }

    /// <returns>The webhook for the order. Other orders of the same customer are ignored. Null if the time limit has passed.</returns>
    private static async Task<Webhook?> ReceiveAsync(TestSession session, WebhookReceiver receiver, string order, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(session.Options.Limit, session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (var webhook in receiver.Webhooks.ReadAllAsync(either.Token))
            {
                if (IsAbout(webhook, order))
                {
                    return webhook;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time limit has passed.
        }

        return null;
    }

    private static bool IsAbout(Webhook webhook, string order)
    {
        try
        {
            return JsonNode.Parse(webhook.Body) is JsonObject body && body["type"]?.ToString() == EventType
                && body["data"] is JsonObject data && data["id"]?.ToString() == order;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Describes what the shop has recorded about the delivery, which usually names the reason why nothing arrived.</summary>
    private static async Task<string> LastAttemptAsync(TestSession session, string endpoint, CancellationToken cancellationToken)
    {
        var deliveries = (await session.Shop.SendAsync(HttpMethod.Get, $"{Endpoints}/{endpoint}/deliveries", cancellationToken))
            .Expect(200).Member<JsonArray>("deliveries");
        return deliveries.FirstOrDefault() is not { } delivery ? "The shop has not created a delivery yet."
            : delivery["attempts"] is JsonArray { Count: > 0 } attempts ? $"The last attempt: {attempts[^1]!["error"] ?? attempts[^1]!["status"]}."
            : "The shop has not made an attempt yet.";
    }
}
