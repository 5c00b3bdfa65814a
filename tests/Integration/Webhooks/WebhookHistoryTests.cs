using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests how a customer reads what happened: events and single deliveries, on a running cloud with a real receiver.</summary>
public sealed class WebhookHistoryTests(WebhookCloud cloud) : IClassFixture<WebhookCloud>
{
    private const string Deliveries = "api/webhooks/deliveries";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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

    [Fact]
    public async Task Events_are_listed_newest_first_with_a_link_to_the_next_page()
    {
        using var customer = cloud.NewCustomer();
        string[] orders = [await customer.OrderAsync(), await customer.OrderAsync(), await customer.OrderAsync()];
        await EventsAsync(customer, 3);

        var found = new List<JsonElement>();
        var path = "api/events?type=order.created&limit=2";
        while (path is not null)
        {
            using var response = await customer.Client.GetAsync(path, Ct);
            var page = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
            found.AddRange(page.GetProperty("events").EnumerateArray());
            path = response.Headers.TryGetValues("Link", out var links) ? Target(Assert.Single(links)) : null;
            Assert.Equal(path is not null, page.TryGetProperty("nextCursor", out var cursor));
            Assert.True(path is null || path.Contains(cursor.GetString()!, StringComparison.Ordinal));
        }

        Assert.Equal(orders.Order(), found.Select(stored => stored.GetProperty("data").GetProperty("id").GetString()).Order());
        var times = found.Select(stored => stored.GetProperty("timestamp").GetDateTimeOffset()).ToArray();
        Assert.Equal(times.OrderDescending(), times);
        Assert.All(found, stored => Assert.Equal("order.created", stored.GetProperty("type").GetString()));

        // RFC 8288 section 3: a link value is a URI reference in angle brackets, followed by parameters.
        static string Target(string link)
        {
            var parts = link.Split('>', 2);
            Assert.Equal("; rel=\"next\"", parts[1]);
            return parts[0].TrimStart('<', '/');
        }
    }

    [Fact]
    public async Task A_single_event_lists_its_deliveries_to_every_endpoint()
    {
        await using var good = await Receiver.StartAsync();
        await using var bad = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(503)));
        using var customer = cloud.NewCustomer();
        using var other = cloud.NewCustomer();
        var (first, second) = (await customer.SubscribeAsync(good), await customer.SubscribeAsync(bad));
        await customer.SubscribeAsync(good, "\"eventTypes\":[\"image.ready\"]");
        await customer.OrderAsync();
        var sent = Assert.Single(await good.ReceiveAsync(1));
        await customer.NewestDeliveryAsync(first.Id, "delivered");
        await Eventually.TrueAsync(
            async () => (await customer.NewestDeliveryAsync(second.Id, "pending")).GetProperty("attempts").GetArrayLength() > 0, "an attempt is stored");

        var stored = await customer.GetAsync($"api/events/{sent.Id}");

        Assert.Equal(sent.Id, stored.GetProperty("id").GetString());
        foreach (var member in (string[])["type", "timestamp", "data"])
        {
            Assert.True(JsonElement.DeepEquals(sent.Json.GetProperty(member), stored.GetProperty(member)));
        }

        var deliveries = stored.GetProperty("deliveries").EnumerateArray().ToDictionary(delivery => delivery.GetProperty("endpointId").GetString()!);
        Assert.Equal(((string[])[first.Id, second.Id]).Order(), deliveries.Keys.Order());
        Assert.Equal(("delivered", 1), (deliveries[first.Id].GetProperty("status").GetString(), deliveries[first.Id].GetProperty("attemptCount").GetInt32()));
        Assert.Equal("pending", deliveries[second.Id].GetProperty("status").GetString());
        Assert.Equal(
            sent.Id, (await customer.GetAsync($"{Deliveries}/{deliveries[second.Id].GetProperty("id").GetString()}")).GetProperty("eventId").GetString());
        await AssertNotFoundAsync(other, $"api/events/{sent.Id}", "event-not-found");
        Assert.Empty((await other.GetAsync("api/events")).GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task A_test_event_can_be_read_by_its_id()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        var sent = await customer.PostAsync($"{endpoint.Path}/test", body: null, 202);

        var stored = await customer.GetAsync($"api/events/{sent.GetProperty("eventId").GetString()}");
        Assert.Equal("webhook.test", stored.GetProperty("type").GetString());
        Assert.Equal(sent.GetProperty("deliveryId").GetString(), Assert.Single(stored.GetProperty("deliveries").EnumerateArray()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("?type=order.deleted", "event-type-unknown", "type")]
    [InlineData("?type=", "event-type-unknown", "type")]
    [InlineData("?type=order.created&type=order.created", "event-type-unknown", "type")]
    [InlineData("?type=%F0%9F%98%80%27%20or%20true", "event-type-unknown", "type")]
    [InlineData("?since=yesterday", "invalid-since", "since")]
    [InlineData("?since=2026-11-25T10:00:00", "invalid-since", "since")]
    [InlineData("?since=2026-11-25T10:00:00+01:00", "invalid-since", "since")]
    [InlineData("?since=0001-01-01T00:00:00%2B14:00", "invalid-since", "since")]
    [InlineData("?since=2026-11-25T10:00:00Z%00", "invalid-since", "since")]
    [InlineData("?limit=0", "limit-invalid", "limit")]
    [InlineData("?limit=101", "limit-invalid", "limit")]
    [InlineData("?limit=%D9%A1", "limit-invalid", "limit")]
    [InlineData("?cursor=", "cursor-invalid", "cursor")]
    [InlineData("?cursor=a.b", "cursor-invalid", "cursor")]
    [InlineData("?cursor=%00", "cursor-invalid", "cursor")]
    public async Task The_problem_for_an_invalid_event_query_names_the_parameter(string query, string code, string pointer)
    {
        using var customer = cloud.NewCustomer();

        var (status, problem) = await customer.TryAsync(HttpMethod.Get, "api/events" + query);

        Assert.Equal(
            (400, code, pointer), (status, problem.GetProperty("type").GetString()!.Split('/')[^1], problem.GetProperty("pointer").GetString()));
    }

    [Theory]
    [InlineData("?since=0001-01-01T00:00:00Z", 1)]
    [InlineData("?since=9999-12-31T23:59:59.9999999Z", 0)]
    [InlineData("?type=order.created&limit=1", 1)]
    [InlineData("?type=image.ready", 0)]
    public async Task An_extreme_but_valid_event_query_gets_a_page(string query, int count)
    {
        using var customer = cloud.NewCustomer();
        await customer.OrderAsync();
        await EventsAsync(customer, 1);

        Assert.Equal(count, (await customer.GetAsync("api/events" + query)).GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_cursor_of_another_customer_or_filter_is_refused()
    {
        using var customer = cloud.NewCustomer();
        using var other = cloud.NewCustomer();
        await customer.OrderAsync();
        await customer.OrderAsync();
        await EventsAsync(customer, 2);
        var cursor = (await customer.GetAsync("api/events?limit=1")).GetProperty("nextCursor").GetString()!;
        // One bit of the signed position is changed.
        var forged = (cursor[0] == 'e' ? 'f' : 'e') + cursor[1..];

        Assert.Single((await customer.GetAsync($"api/events?limit=100&cursor={cursor}")).GetProperty("events").EnumerateArray());
        foreach (var (client, query) in ((WebhookCustomer, string)[])
            [(other, $"?cursor={cursor}"), (customer, $"?type=order.created&cursor={cursor}"), (customer, $"?since=2026-01-01T00:00:00Z&cursor={cursor}"),
                (customer, $"?cursor={forged}"), (customer, $"?cursor={cursor}&cursor={cursor}"), (customer, $"?cursor={new string('a', 4000)}.aaaa")])
        {
            var (status, problem) = await client.TryAsync(HttpMethod.Get, "api/events" + query);
            Assert.Equal((400, "cursor-invalid"), (status, problem.GetProperty("type").GetString()!.Split('/')[^1]));
        }
    }

    [Theory]
    [InlineData("evt_")]
    [InlineData("..%2F..%2Fcount")]
    [InlineData("evt_%F0%9F%98%80")]
    [InlineData("evt_%27%20or%20%27a")]
    public async Task An_unknown_event_id_gets_404(string id)
    {
        using var customer = cloud.NewCustomer();

        await AssertNotFoundAsync(customer, $"api/events/{id}", "event-not-found");
        await AssertNotFoundAsync(customer, $"api/events/{id}{new string('x', 3000)}", "event-not-found");
    }

    [Fact]
    public async Task Reading_events_requires_its_own_scope()
    {
        using var reader = cloud.ClientOf("c1", "events.read");
        using var manager = cloud.ClientOf("c1", "webhooks.manage");

        using var allowed = await reader.GetAsync("api/events", Ct);
        using var refused = await manager.GetAsync("api/events", Ct);
        using var refusedEndpoints = await reader.GetAsync("api/webhooks/endpoints", Ct);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (allowed.StatusCode, refused.StatusCode, refusedEndpoints.StatusCode));
    }

    /// <summary>Waits until the customer has the given number of events.</summary>
    private static Task EventsAsync(WebhookCustomer customer, int count) => Eventually.TrueAsync(
        async () => (await customer.GetAsync("api/events")).GetProperty("events").GetArrayLength() == count, $"{count} events are stored");

    private static async Task AssertNotFoundAsync(WebhookCustomer customer, string path, string code = "delivery-not-found")
    {
        var (status, problem) = await customer.TryAsync(HttpMethod.Get, path);
        Assert.Equal((404, code), (status, problem.GetProperty("type").GetString()!.Split('/')[^1]));
    }
}
