using System.Text;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>
/// Sends invalid parameters, foreign cursors, large bodies and concurrent requests to the operations on deliveries and events. No request may
/// cause a 5xx response.
/// </summary>
public sealed class DeliveryAttackTests(WebhookCloud cloud) : IClassFixture<WebhookCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("?status=", "status-invalid", "status")]
    [InlineData("?status=Pending", "status-invalid", "status")]
    [InlineData("?status=pending&status=pending", "status-invalid", "status")]
    [InlineData("?status=%F0%9F%98%80", "status-invalid", "status")]
    [InlineData("?status=0", "status-invalid", "status")]
    [InlineData("?limit=", "limit-invalid", "limit")]
    [InlineData("?limit=-1", "limit-invalid", "limit")]
    [InlineData("?limit=99999999999", "limit-invalid", "limit")]
    [InlineData("?limit=%D9%A1", "limit-invalid", "limit")]
    [InlineData("?limit=1&limit=1", "limit-invalid", "limit")]
    [InlineData("?cursor=", "cursor-invalid", "cursor")]
    [InlineData("?cursor=%00", "cursor-invalid", "cursor")]
    [InlineData("?cursor=dlv_%27%20or%20true", "cursor-invalid", "cursor")]
    public async Task The_problem_for_an_invalid_delivery_query_names_the_parameter(string query, string code, string pointer)
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        await AssertRefusedAsync(customer, HttpMethod.Get, $"{endpoint.Path}/deliveries{query}", body: null, 400, code, pointer);
    }

    [Fact]
    public async Task A_delivery_cursor_is_valid_only_for_its_endpoint()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        using var other = cloud.NewCustomer();
        var (first, second, others) = (await customer.SubscribeAsync(receiver), await customer.SubscribeAsync(receiver), await other.SubscribeAsync(receiver));
        await customer.OrderAsync();
        await customer.OrderAsync();
        await Eventually.TrueAsync(async () => (await customer.DeliveriesAsync(first.Id)).Count == 2, "two deliveries are stored");
        var cursor = (await customer.GetAsync($"{first.Path}/deliveries?limit=1")).GetProperty("nextCursor").GetString()!;

        Assert.Single((await customer.GetAsync($"{first.Path}/deliveries?cursor={cursor}")).GetProperty("deliveries").EnumerateArray());
        foreach (var (client, path) in ((WebhookCustomer, string)[])
            [(customer, $"{second.Path}/deliveries?cursor={cursor}"), (other, $"{others.Path}/deliveries?cursor={cursor}"),
                (customer, $"{first.Path}/deliveries?cursor={cursor}0"), (customer, $"{first.Path}/deliveries?cursor={cursor}&cursor={cursor}"),
                (customer, $"{first.Path}/deliveries?cursor={cursor.ToUpperInvariant()}"), (customer, $"api/events?cursor={cursor}")])
        {
            await AssertRefusedAsync(client, HttpMethod.Get, path, body: null, 400, "cursor-invalid", "cursor");
        }

        await AssertRefusedAsync(other, HttpMethod.Get, $"{first.Path}/deliveries?cursor={cursor}", body: null, 404, "endpoint-not-found", pointer: null);
    }

    [Theory]
    [InlineData("", 400, "empty-body", null)]
    [InlineData("{", 400, "malformed-json", null)]
    [InlineData("{}", 422, "invalid-body", "/since")]
    [InlineData("[]", 422, "invalid-body", "")]
    [InlineData("""{"since":null}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":1764000000}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"\ud800"}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"0001-01-01T00:00:00Z"}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"0001-01-01T00:00:00+14:00"}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"9999-12-31T23:59:59.9999999Z"}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"9999-12-31T23:59:59-14:00"}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"2026-02-30T00:00:00Z"}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"2026-11-25T00:00:00Z","since":"2026-11-25T00:00:00Z"}""", 422, "invalid-body", "/since")]
    [InlineData("""{"since":"2026-11-25T00:00:00Z","until":"2026-11-26T00:00:00Z"}""", 422, "invalid-body", "/until")]
    public async Task The_problem_for_an_invalid_recovery_points_to_the_error(string body, int status, string code, string? pointer)
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        await AssertRefusedAsync(customer, HttpMethod.Post, $"{endpoint.Path}/recover", body, status, code, pointer);
    }

    [Theory]
    [InlineData("test", 202)]
    [InlineData("rotate-secret", 413)]
    [InlineData("recover", 413)]
    public async Task A_large_body_of_an_endpoint_operation_is_ignored_or_refused(string operation, int status)
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);
        foreach (var isChunked in (bool[])[true, false])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{endpoint.Path}/{operation}")
            {
                Content = new StringContent(new string(' ', 2_000_000), Encoding.UTF8, "application/json"),
                Headers = { { "Idempotency-Key", $"large {isChunked}" } },
            };
            request.Headers.TransferEncodingChunked = isChunked;

            using var response = await customer.Client.SendAsync(request, Ct);

            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task Concurrent_replays_are_accepted_and_make_an_attempt()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);
        await customer.OrderAsync();
        var delivery = await customer.NewestDeliveryAsync(endpoint.Id, "delivered");

        var replays = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            customer.TryAsync(HttpMethod.Post, $"api/webhooks/deliveries/{delivery.GetProperty("id").GetString()}/replay")));

        Assert.All(replays, replay => Assert.Equal(202, replay.Status));
        var requests = await receiver.ReceiveAsync(2);
        Assert.All(requests, request => Assert.Equal(requests[0].Id, request.Id));
        await customer.NewestDeliveryAsync(endpoint.Id, "delivered");
    }

    [Fact]
    public async Task Concurrent_recoveries_send_every_failed_delivery()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);
        var since = DateTimeOffset.UtcNow.AddMinutes(-1);
        await customer.PatchAsync(endpoint.Id, """{"status":"paused"}""");
        string[] orders = [await customer.OrderAsync(), await customer.OrderAsync(), await customer.OrderAsync()];
        await Eventually.TrueAsync(async () => (await customer.DeliveriesAsync(endpoint.Id, "?status=failed")).Count == 3, "three deliveries are stored as failed");
        await customer.PatchAsync(endpoint.Id, """{"status":"active"}""");

        var recoveries = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            customer.TryAsync(HttpMethod.Post, $"{endpoint.Path}/recover", $$"""{"since":"{{since:O}}"}""")));

        Assert.All(recoveries, recovery => Assert.Equal(202, recovery.Status));
        await Eventually.TrueAsync(async () => (await customer.DeliveriesAsync(endpoint.Id, "?status=delivered")).Count == 3, "all deliveries were recovered");
        Assert.Equal(orders.Order(), receiver.Requests.Select(request => request.Data.GetProperty("id").GetString()!).Distinct().Order());
    }

    [Fact]
    public async Task Events_that_arrive_while_paging_cause_no_duplicates_and_no_gaps()
    {
        using var customer = cloud.NewCustomer();
        for (var number = 0; number < 4; number++)
        {
            await customer.OrderAsync();
        }

        await Eventually.TrueAsync(async () => (await EventsAsync(customer, "")).Events.Length == 4, "four events are stored");
        var before = (await EventsAsync(customer, "")).Events;
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await EventsAsync(customer, $"?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Events);
            cursor = page.Cursor;
            await customer.OrderAsync();
        }
        while (cursor is not null);

        Assert.Equal(before, seen);
    }

    private static async Task<(string[] Events, string? Cursor)> EventsAsync(WebhookCustomer customer, string query)
    {
        var page = await customer.GetAsync("api/events" + query);
        return (
            [.. page.GetProperty("events").EnumerateArray().Select(stored => stored.GetProperty("id").GetString()!)],
            page.TryGetProperty("nextCursor", out var cursor) ? cursor.GetString() : null);
    }

    private static async Task AssertRefusedAsync(
        WebhookCustomer customer, HttpMethod method, string path, string? body, int status, string code, string? pointer)
    {
        var (actual, problem) = await customer.TryAsync(method, path, body);
        Assert.Equal((status, code), (actual, problem.GetProperty("type").GetString()!.Split('/')[^1]));
        Assert.Equal(pointer, problem.TryGetProperty("pointer", out var named) ? named.GetString() : null);
    }
}
