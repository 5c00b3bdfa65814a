using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Reliability.Orders;

/// <summary>
/// Kills the worker, or makes a store fail, at each step between a request and its event. Afterwards, no acknowledged order is lost, no
/// order exists twice, and every order has all of its events. Each event has one id, even if it is queued repeatedly. The
/// <c>CRASH_ROUNDS</c> environment variable specifies how often each step is tested. The default is 1.
/// </summary>
public abstract class OrderCrashContract(CrashCloud cloud)
{
    private const string Key = "the-key";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_order_is_lost_or_duplicated_when_the_worker_crashes(bool clientRetries)
    {
        var customers = new List<(string Customer, string? Acknowledged)>();
        var struck = new List<string>();
        foreach (var (step, afterwards) in Steps(5))
        {
            await MakeReadyAsync();
            var customer = NewCustomer();
            var armed = cloud.Trap.Arm(customer, step, name: null, afterwards, cloud.Kill);
            var acknowledged = await TryPlaceAsync(customer);
            struck.Add(await armed.Struck.WaitAsync(Patience, Ct));
            cloud.Trap.Disarm();
            customers.Add((customer, clientRetries ? await PlaceAsync(customer) : acknowledged));
        }

        Assert.Equal(
            Times(["POST intent", "POST batch", "POST event", "DELETE row", "DELETE intent"]), struck);
        var placed = 0;
        foreach (var (customer, acknowledged) in customers)
        {
            var orders = await OrdersOfAsync(customer);
            Assert.Equal(acknowledged is null ? orders : [acknowledged], orders);
            Assert.InRange(orders.Length, clientRetries ? 1 : 0, 1);
            placed += orders.Length;
            await AssertEventsAsync(customer, orders, versions: 1);
        }

        // Three of the ten kills happen before the commit. In these cases, no order is written unless the client retries.
        Assert.Equal(clientRetries ? 10 * Rounds : 7 * Rounds, placed);
    }

    [Fact]
    public async Task An_order_change_is_applied_once_despite_worker_crashes()
    {
        var customers = new List<(string Customer, string Order)>();
        var struck = new List<string>();
        foreach (var (step, afterwards) in Steps(6))
        {
            await MakeReadyAsync();
            var customer = NewCustomer();
            var order = await PlaceAsync(customer);
            var armed = cloud.Trap.Arm(customer, step, name: null, afterwards, cloud.Kill);
            await TryPayAsync(customer, order);
            struck.Add(await armed.Struck.WaitAsync(Patience, Ct));
            cloud.Trap.Disarm();
            await PayAsync(customer, order);
            customers.Add((customer, order));
        }

        Assert.Equal(
            Times([cloud is CrashCloudOnCosmos ? "POST batch" : "GET row", "POST intent", "POST batch", "POST event", "DELETE row", "DELETE intent"]),
            struck);
        foreach (var (customer, order) in customers)
        {
            var stored = await FindAsync(customer, order);
            Assert.Equal((OrderStatus.Paid, 2), (stored.Status, stored.Version));
            await AssertEventsAsync(customer, [order], versions: 2);
        }
    }

    [Fact]
    public async Task No_event_is_lost_when_the_worker_crashes_during_event_relay()
    {
        var customers = new List<string>();
        var struck = new List<string>();
        foreach (var (step, afterwards) in Steps(3))
        {
            await MakeReadyAsync();
            var customer = NewCustomer();
            var committed = cloud.Trap.Arm(customer, step: 3, name: null, afterwards: false, cloud.Kill);
            await TryPlaceAsync(customer);
            await committed.Struck.WaitAsync(Patience, Ct);
            var relaying = cloud.Trap.Arm(customer, step, name: null, afterwards, cloud.Kill);
            struck.Add(await relaying.Struck.WaitAsync(Patience, Ct));
            cloud.Trap.Disarm();
            customers.Add(customer);
        }

        Assert.Equal(Times([cloud is CrashCloudOnCosmos ? "POST batch" : "GET row", "POST event", "DELETE row"]), struck);
        foreach (var customer in customers)
        {
            await AssertEventsAsync(customer, await OrdersOfAsync(customer), versions: 1);
        }
    }

    [Theory]
    [InlineData(503, false)]
    [InlineData(503, true)]
    [InlineData(429, false)]
    [InlineData(500, true)]
    public async Task Repeating_a_request_after_a_failed_commit_places_one_order(int status, bool afterwards)
    {
        await MakeReadyAsync();
        var customer = NewCustomer();
        using var client = cloud.ClientOf(customer);
        cloud.Trap.Arm(customer, step: null, "POST batch", afterwards, context => context.Response.StatusCode = status);

        using var refused = await SendPlaceAsync(client);
        cloud.Trap.Disarm();
        using var placed = await SendPlaceAsync(client);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Equal(afterwards, placed.Headers.Contains("Idempotency-Replayed"));
        var orders = await OrdersOfAsync(customer);
        Assert.Single(orders);
        await AssertEventsAsync(customer, orders, versions: 1);
    }

    [Fact]
    public async Task A_request_fails_only_if_the_queue_fails_before_the_commit()
    {
        await MakeReadyAsync();
        var before = NewCustomer();
        using var client = cloud.ClientOf(before);
        cloud.Trap.Arm(before, step: null, "POST intent", afterwards: false, context => context.Response.StatusCode = 503);
        using var refused = await SendPlaceAsync(client);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Empty(await OrdersOfAsync(before));

        var after = NewCustomer();
        cloud.Trap.Arm(after, step: null, "POST event", afterwards: false, context => context.Response.StatusCode = 503);
        var order = await TryPlaceAsync(after);
        cloud.Trap.Disarm();

        Assert.Equal([order!], await OrdersOfAsync(after));
        await AssertEventsAsync(after, [order!], versions: 1);
    }

    private static string NewCustomer() => "customer-" + Guid.NewGuid().ToString("N");

    private static IEnumerable<(int Step, bool Afterwards)> Steps(int count) =>
        from round in Enumerable.Range(0, Rounds)
        from step in Enumerable.Range(1, count)
        from afterwards in (bool[])[false, true]
        select (step, afterwards);

    private static IEnumerable<string> Times(string[] steps) =>
        Enumerable.Repeat(steps.SelectMany(step => (string[])[step, step]), Rounds).SelectMany(names => names);

    /// <summary>
    /// Waits until a new worker has replaced a killed worker, and places an order. The first order of a run also creates the table and the
    /// queues. The requests that create them must not be counted as steps of the order under test.
    /// </summary>
    private async Task MakeReadyAsync() => await PlaceAsync(NewCustomer());

    private static async Task<HttpResponseMessage> SendPlaceAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Content = JsonContent.Create(new { currency = "EUR", lines = new[] { new { sku = "mug", quantity = 1, unitPrice = 1250 } } }),
        };
        request.Headers.Add("Idempotency-Key", Key);
        return await client.SendAsync(request, Ct);
    }

    /// <returns>The id of the order, or null if the response was an error or was lost.</returns>
    private async Task<string?> TryPlaceAsync(string customer)
    {
        using var client = cloud.ClientOf(customer);
        try
        {
            using var response = await SendPlaceAsync(client);
            return response.StatusCode == HttpStatusCode.Created
                ? (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()
                : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<string> PlaceAsync(string customer)
    {
        string? order = null;
        await EventuallyAsync(async () => (order = await TryPlaceAsync(customer)) is not null, "the order is placed");
        return order!;
    }

    private async Task<HttpStatusCode?> TryPayAsync(string customer, string order)
    {
        using var client = cloud.ClientOf(customer);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"api/orders/{order}") { Content = JsonContent.Create(new { status = "paid" }) };
        request.Headers.IfMatch.Add(new EntityTagHeaderValue("\"1\""));
        try
        {
            using var response = await client.SendAsync(request, Ct);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Repeats the change until it gets 200 or 412. A 412 means that an earlier attempt has changed the order.</summary>
    private Task PayAsync(string customer, string order) => EventuallyAsync(
        async () => await TryPayAsync(customer, order) is HttpStatusCode.OK or HttpStatusCode.PreconditionFailed, "the order is paid");

    private async Task<string[]> OrdersOfAsync(string customer)
    {
        var shard = new OrderShard(customer, OrderMonth.Of(DateTimeOffset.UtcNow));
        return [.. (await cloud.Store.ListAsync(shard, null, 100, null, Ct)).Orders.Select(order => order.Id)];
    }

    private async Task<Order> FindAsync(string customer, string order)
    {
        Assert.True(OrderId.TryParse(order, out var id));
        return (await cloud.Store.FindLatestAsync(new OrderShard(customer, id.Month), id, Ct))!.Order;
    }

    private async Task AssertEventsAsync(string customer, string[] orders, int versions)
    {
        var expected = orders
            .SelectMany(order => Enumerable.Range(1, versions).Select(version => $"evt_{order[4..]}_{version}"))
            .Order(StringComparer.Ordinal)
            .ToArray();
        await EventuallyAsync(
            async () => expected.Except(await cloud.EventsOfAsync(customer)).Any() is false, $"the events of {customer} arrive");
        Assert.Equal(expected, (await cloud.EventsOfAsync(customer)).Distinct().Order(StringComparer.Ordinal));
        foreach (var order in orders)
        {
            Assert.True(OrderId.TryParse(order, out var id));
            await EventuallyAsync(
                async () =>
                {
                    var pending = await Task.WhenAll(Enumerable.Range(1, versions).Select(version =>
                        cloud.Store.FindEventAsync(new OrderShard(customer, id.Month), $"evt_{order[4..]}_{version}", Ct)));
                    return pending.All(envelope => envelope is null);
                },
                $"all events of {order} are sent");
        }
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var until = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < until, $"Waited {Patience.TotalSeconds:0} s, but this condition was never true: {what}.");
            await Task.Delay(100, Ct);
        }
    }
}
