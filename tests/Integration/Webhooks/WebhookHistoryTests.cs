using System.Text;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests how a customer reads what happened: single deliveries, on a running cloud with a real receiver.</summary>
public sealed class WebhookHistoryTests(WebhookCloud cloud) : IClassFixture<WebhookCloud>
{
    private const string Deliveries = "api/webhooks/deliveries";

    [Fact]
    public async Task A_single_delivery_contains_the_exact_payload_and_the_response()
    {
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(400, "Wrong currency: \u20ac")
        {
            Headers = new Dictionary<string, string>
            {
                ["Content-Type"] = "text/plain; charset=utf-8",
                ["X-Request-Id"] = new string('r', 400),
                ["Set-Cookie"] = "session=1",
            },
        }));
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);
        await customer.OrderAsync();
        var request = Assert.Single(await receiver.ReceiveAsync(1));
        JsonElement listed = default;
        await Eventually.TrueAsync(
            async () => (listed = await customer.NewestDeliveryAsync(endpoint.Id, "pending")).GetProperty("attempts").GetArrayLength() > 0,
            "the first attempt is stored");

        var delivery = await customer.GetAsync($"{Deliveries}/{listed.GetProperty("id").GetString()}");

        Assert.Equal(Encoding.UTF8.GetString(request.Body), delivery.GetProperty("payload").GetString());
        Assert.Equal(
            (listed.GetProperty("id").GetString(), endpoint.Id, request.Id, "order.created", "pending"),
            (delivery.GetProperty("id").GetString(), delivery.GetProperty("endpointId").GetString(), delivery.GetProperty("eventId").GetString(),
                delivery.GetProperty("eventType").GetString(), delivery.GetProperty("status").GetString()));
        var attempt = delivery.GetProperty("attempts")[0];
        Assert.Equal((400, "Wrong currency: \u20ac"), (attempt.GetProperty("status").GetInt32(), attempt.GetProperty("answer").GetString()));
        Assert.True(attempt.GetProperty("durationMs").GetDouble() > 0);
        var headers = attempt.GetProperty("answerHeaders");
        Assert.Equal("text/plain; charset=utf-8", headers.GetProperty("content-type").GetString());
        Assert.Equal(new string('r', 256), headers.GetProperty("x-request-id").GetString());
        Assert.False(headers.TryGetProperty("set-cookie", out _));
        Assert.False(listed.TryGetProperty("payload", out _));
    }

    [Fact]
    public async Task Deliveries_of_others_and_of_deleted_endpoints_get_404()
    {
        await using var receiver = await Receiver.StartAsync();
        using var owner = cloud.NewCustomer();
        using var other = cloud.NewCustomer();
        var endpoint = await owner.SubscribeAsync(receiver);
        await owner.OrderAsync();
        var path = $"{Deliveries}/{(await owner.NewestDeliveryAsync(endpoint.Id, "delivered")).GetProperty("id").GetString()}";

        await AssertNotFoundAsync(other, path);
        await owner.GetAsync(path);
        await owner.TryAsync(HttpMethod.Delete, endpoint.Path);
        await AssertNotFoundAsync(owner, path);
        foreach (var id in (string[])["dlv_", "dlv_" + new string('0', 45), "..%2F..%2Fcount", "%C3%A4", "dlv_%F0%9F%98%80", new string('x', 2000)])
        {
            await AssertNotFoundAsync(owner, $"{Deliveries}/{id}");
        }
    }

    private static async Task AssertNotFoundAsync(WebhookCustomer customer, string path)
    {
        var (status, problem) = await customer.TryAsync(HttpMethod.Get, path);
        Assert.Equal((404, "delivery-not-found"), (status, problem.GetProperty("type").GetString()!.Split('/')[^1]));
    }
}
