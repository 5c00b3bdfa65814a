using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using NSec.Cryptography;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests that each event is delivered as Standard Webhooks specifies. The tests use a running cloud and a real receiver.</summary>
public sealed class DeliveryTests(WebhookCloud cloud) : IClassFixture<WebhookCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_events_are_delivered_with_a_valid_signature()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        var order = await customer.OrderAsync();
        var created = Assert.Single(await receiver.ReceiveAsync(1));
        await customer.ChangeOrderAsync(order, 1, "paid");
        var updated = (await receiver.ReceiveAsync(2))[1];

        Assert.All([created, updated], request => Assert.True(request.IsSignedWith(endpoint.Secret)));
        Assert.Equal($"evt_{order[4..]}_1", created.Id);
        Assert.Equal("order.created", created.Type);
        Assert.Equal(["type", "timestamp", "data"], created.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((order, "placed", 2500), (created.Data.GetProperty("id").GetString(), created.Data.GetProperty("status").GetString(), created.Data.GetProperty("total").GetInt64()));
        Assert.Equal($"evt_{order[4..]}_2", updated.Id);
        Assert.Equal(("order.updated", "paid"), (updated.Type, updated.Data.GetProperty("status").GetString()));
        Assert.InRange(long.Parse(created.Timestamp, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 300, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
    }

    [Fact]
    public async Task Events_for_ready_and_failed_images_are_delivered()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        await customer.SubscribeAsync(receiver, "\"eventTypes\":[\"image.ready\",\"image.failed\"]");

        var good = await UploadAsync(customer, Images.Pictures.Jpeg(320, 200));
        var bad = await UploadAsync(customer, [.. Images.Pictures.Jpeg(320, 200).Take(200)]);
        var events = (await receiver.ReceiveAsync(2)).ToDictionary(request => request.Data.GetProperty("id").GetString()!);

        Assert.Equal(("image.ready", $"evt_{good}_ready"), (events[good].Type, events[good].Id));
        Assert.Equal("ready", events[good].Data.GetProperty("status").GetString());
        Assert.Contains(events[good].Data.GetProperty("variants").EnumerateArray(), variant => variant.GetProperty("url").GetString() == $"/images/{good}/160.jpg");
        Assert.InRange(events[good].Data.GetProperty("thumbHash").GetBytesFromBase64().Length, 5, 25);
        Assert.Matches("^#[0-9a-f]{6}$", events[good].Data.GetProperty("dominantColor").GetString());
        Assert.Equal(("image.failed", $"evt_{bad}_failed"), (events[bad].Type, events[bad].Id));
        Assert.Equal("image-truncated", events[bad].Data.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_event_lists_the_variants_of_an_upgraded_image()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        await customer.SubscribeAsync(receiver, "\"eventTypes\":[\"image.upgraded\"]");

        var id = await UploadAsync(customer, Images.Pictures.Jpeg(320, 200));
        var upgraded = Assert.Single(await receiver.ReceiveAsync(1));

        Assert.Equal(("image.upgraded", $"evt_{id}_upgraded"), (upgraded.Type, upgraded.Id));
        Assert.Equal("ready", upgraded.Data.GetProperty("status").GetString());
        Assert.Equal(
            ["160.webp", "160.jpg", "160.avif"],
            upgraded.Data.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("url").GetString()!.Split('/')[^1]));
    }

    [Fact]
    public async Task Only_subscribed_event_types_are_delivered()
    {
        await using var subscribed = await Receiver.StartAsync();
        await using var unfiltered = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        await customer.SubscribeAsync(subscribed, "\"eventTypes\":[\"order.updated\"]");
        await customer.SubscribeAsync(unfiltered);

        var order = await customer.OrderAsync();
        await unfiltered.ReceiveAsync(1);
        await customer.ChangeOrderAsync(order, 1, "cancelled");
        await unfiltered.ReceiveAsync(2);
        await subscribed.ReceiveAsync(1);

        Assert.Equal("order.updated", Assert.Single(subscribed.Requests).Type);
    }

    [Fact]
    public async Task Events_of_other_customers_are_not_delivered()
    {
        await using var mine = await Receiver.StartAsync();
        await using var theirs = await Receiver.StartAsync();
        using var me = cloud.NewCustomer();
        using var them = cloud.NewCustomer();
        await me.SubscribeAsync(mine);
        await them.SubscribeAsync(theirs);

        var order = await me.OrderAsync();
        await mine.ReceiveAsync(1);
        var theirOrder = await them.OrderAsync();
        await theirs.ReceiveAsync(1);

        Assert.Equal(order, Assert.Single(mine.Requests).Data.GetProperty("id").GetString());
        Assert.Equal(theirOrder, Assert.Single(theirs.Requests).Data.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_test_event_is_delivered_only_to_its_endpoint()
    {
        await using var tested = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(tested, "\"eventTypes\":[\"image.ready\"]");
        await customer.SubscribeAsync(other);

        var sent = await customer.PostAsync($"{endpoint.Path}/test", body: null, 202);
        var request = Assert.Single(await tested.ReceiveAsync(1));
        await customer.OrderAsync();
        await other.ReceiveAsync(1);

        Assert.Equal(("webhook.test", sent.GetProperty("eventId").GetString()), (request.Type, request.Id));
        Assert.Equal(endpoint.Id, request.Data.GetProperty("endpointId").GetString());
        Assert.Equal("order.created", Assert.Single(other.Requests).Type);
        Assert.Equal(sent.GetProperty("deliveryId").GetString(), (await customer.NewestDeliveryAsync(endpoint.Id, "delivered")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_verify_a_signature()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        var rotated = await customer.PostAsync($"{endpoint.Path}/rotate-secret", body: null, 200);
        await customer.OrderAsync();
        var request = Assert.Single(await receiver.ReceiveAsync(1));

        var secret = rotated.GetProperty("secret").GetString()!;
        Assert.NotEqual(endpoint.Secret, secret);
        Assert.True(request.IsSignedWith(secret));
        Assert.True(request.IsSignedWith(endpoint.Secret));
        Assert.Equal(2, request.Signature.Split(' ').Length);
        Assert.InRange(rotated.GetProperty("previousSecretUntil").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.False((await customer.EndpointAsync(endpoint.Id)).TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task A_v1a_signature_verifies_with_the_published_key()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver, "\"signature\":\"v1a\"");

        await customer.PostAsync($"{endpoint.Path}/test", body: null, 202);
        var request = Assert.Single(await receiver.ReceiveAsync(1));
        using var anyone = cloud.Anyone();
        using var response = await anyone.GetAsync(".well-known/webhook-keys", Ct);

        var key = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(await response.Content.ReadAsStringAsync(Ct)).GetProperty("keys")[0];
        var publicKey = PublicKey.Import(SignatureAlgorithm.Ed25519, Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), KeyBlobFormat.RawPublicKey);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{request.Id}.{request.Timestamp}."), .. request.Body];
        Assert.StartsWith("v1a,", request.Signature, StringComparison.Ordinal);
        var signatures = request.Signature.Split(' ').Select(signature => Convert.FromBase64String(signature["v1a,".Length..])).ToArray();
        Assert.Single(signatures, signature => SignatureAlgorithm.Ed25519.Verify(publicKey, content, signature));
        Assert.True(response.Headers.CacheControl is { Public: true, MaxAge: { TotalHours: 1 } });
        Assert.Equal("", endpoint.Secret);
        Assert.Equal("secret-not-used", (await customer.PostAsync($"{endpoint.Path}/rotate-secret", body: null, 409)).GetProperty("type").GetString()!.Split('/')[^1]);
    }

    [Fact]
    public async Task An_attempt_without_a_response_lists_the_documented_error_code()
    {
        using var customer = cloud.NewCustomer();
        var receiver = await Receiver.StartAsync();
        var endpoint = await customer.SubscribeAsync(receiver);
        await receiver.DisposeAsync();

        await customer.OrderAsync();
        var pending = await customer.NewestDeliveryAsync(endpoint.Id, "pending");
        await Eventually.TrueAsync(
            async () => (pending = await customer.NewestDeliveryAsync(endpoint.Id, "pending")).GetProperty("attempts").GetArrayLength() > 0,
            "the first attempt has been made");

        var attempt = pending.GetProperty("attempts")[0];
        Assert.Equal("connectionRefused", attempt.GetProperty("errorCode").GetString());
        Assert.Equal("The connection was refused. No process listens on the port.", attempt.GetProperty("error").GetString());
        Assert.False(attempt.TryGetProperty("status", out _));
    }

    [Fact]
    public async Task A_delivery_lists_its_failed_attempt_and_its_retry()
    {
        var responses = new ConcurrentQueue<ReceiverResponse>([new ReceiverResponse(503, "Down for maintenance.\0\u001b"), new ReceiverResponse(204)]);
        await using var receiver = await Receiver.StartAsync((_, _) => Task.FromResult(responses.TryDequeue(out var response) ? response : ReceiverResponse.Ok));
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);

        var order = await customer.OrderAsync();
        await receiver.ReceiveAsync(1);
        var pending = await customer.NewestDeliveryAsync(endpoint.Id, "pending");
        var delivered = await customer.NewestDeliveryAsync(endpoint.Id, "delivered");

        var attempts = delivered.GetProperty("attempts").EnumerateArray().ToArray();
        Assert.Equal([503, 204], attempts.Select(attempt => attempt.GetProperty("status").GetInt32()));
        Assert.Equal("HTTP 503", attempts[0].GetProperty("error").GetString());
        Assert.StartsWith("Down for maintenance.", attempts[0].GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.False(attempts[0].TryGetProperty("errorCode", out _));
        Assert.False(attempts[1].TryGetProperty("error", out _));
        Assert.True(attempts[0].GetProperty("durationMs").GetDouble() > 0);
        Assert.True(pending.GetProperty("nextAttemptAt").GetDateTimeOffset() <= attempts[1].GetProperty("at").GetDateTimeOffset());
        Assert.False(delivered.TryGetProperty("nextAttemptAt", out _));
        Assert.Equal(($"evt_{order[4..]}_1", "order.created"), (delivered.GetProperty("eventId").GetString(), delivered.GetProperty("eventType").GetString()));
        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(receiver.Requests[0].Id, receiver.Requests[1].Id);
        Assert.Equal(receiver.Requests[0].Body, receiver.Requests[1].Body);
    }

    [Fact]
    public async Task A_replayed_delivery_arrives_with_the_same_id()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);
        await customer.OrderAsync();
        var delivery = await customer.NewestDeliveryAsync(endpoint.Id, "delivered");

        await customer.PostAsync($"api/webhooks/deliveries/{delivery.GetProperty("id").GetString()}/replay", body: null, 202);
        var requests = await receiver.ReceiveAsync(2);

        Assert.Equal(requests[0].Id, requests[1].Id);
        await Eventually.TrueAsync(
            async () => (await customer.DeliveriesAsync(endpoint.Id)).Single().GetProperty("attempts").GetArrayLength() == 2,
            "the replay's attempt is listed");
    }

    [Fact]
    public async Task Events_missed_while_an_endpoint_is_paused_can_be_recovered()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(receiver);
        var since = DateTimeOffset.UtcNow.AddMinutes(-1);
        await customer.PatchAsync(endpoint.Id, """{"status":"paused"}""");
        string[] orders = [await customer.OrderAsync(), await customer.OrderAsync(), await customer.OrderAsync()];
        await Eventually.TrueAsync(async () => (await customer.DeliveriesAsync(endpoint.Id, "?status=failed")).Count == 3, "three deliveries are stored as failed");

        Assert.Empty(receiver.Requests);
        Assert.Equal("endpoint-not-active", (await customer.PostAsync($"{endpoint.Path}/recover", $$"""{"since":"{{since:O}}"}""", 409)).GetProperty("type").GetString()!.Split('/')[^1]);

        await customer.PatchAsync(endpoint.Id, """{"status":"active"}""");
        await customer.PostAsync($"{endpoint.Path}/recover", $$"""{"since":"{{since:O}}"}""", 202);
        var requests = await receiver.ReceiveAsync(3);

        Assert.Equal(orders.Order(), requests.Select(request => request.Data.GetProperty("id").GetString()).Order());
        await Eventually.TrueAsync(async () => (await customer.DeliveriesAsync(endpoint.Id, "?status=delivered")).Count == 3, "three deliveries are delivered");
        Assert.Empty(await customer.DeliveriesAsync(endpoint.Id, "?status=failed"));
    }

    [Fact]
    public async Task A_410_response_disables_the_endpoint_and_notifies_another_endpoint()
    {
        await using var gone = await Receiver.StartAsync((_, _) => Task.FromResult(new ReceiverResponse(410)));
        await using var other = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        var endpoint = await customer.SubscribeAsync(gone);
        await customer.SubscribeAsync(other, "\"eventTypes\":[\"endpoint.disabled\"]");

        await customer.OrderAsync();
        var request = Assert.Single(await other.ReceiveAsync(1));
        await customer.NewestDeliveryAsync(endpoint.Id, "failed");
        await customer.OrderAsync();
        await Eventually.TrueAsync(async () => (await customer.DeliveriesAsync(endpoint.Id, "?status=failed")).Count == 2, "the second delivery is stored as failed");

        Assert.Equal("endpoint.disabled", request.Type);
        Assert.Equal(endpoint.Id, request.Data.GetProperty("id").GetString());
        var view = await customer.EndpointAsync(endpoint.Id);
        Assert.Equal("disabled", view.GetProperty("status").GetString());
        Assert.Equal("The receiver responded with 410 Gone.", view.GetProperty("disabled").GetProperty("reason").GetString());
        Assert.Single(gone.Requests);
        Assert.Single(other.Requests);
    }

    [Fact]
    public async Task Ordered_events_wait_only_for_events_of_their_order()
    {
        var refused = new ConcurrentDictionary<string, bool>();
        await using var receiver = await Receiver.StartAsync((request, _) => Task.FromResult(
            request.Data.GetProperty("status").GetString() == "paid" && refused.TryAdd(request.Id, true) ? new ReceiverResponse(500) : ReceiverResponse.Ok));
        using var customer = cloud.NewCustomer();
        await customer.SubscribeAsync(receiver, "\"ordered\":true");

        var first = await customer.OrderAsync();
        await customer.ChangeOrderAsync(first, 1, "paid");
        await customer.ChangeOrderAsync(first, 2, "shipped");
        var second = await customer.OrderAsync();
        var ids = (await receiver.ReceiveAsync(5)).Select(request => request.Id).ToList();

        Assert.Equal(
            [$"evt_{first[4..]}_1", $"evt_{first[4..]}_2", $"evt_{first[4..]}_2", $"evt_{first[4..]}_3"],
            ids.Where(id => id.Contains(first[4..], StringComparison.Ordinal)));
        Assert.InRange(ids.IndexOf($"evt_{second[4..]}_1"), 0, ids.LastIndexOf($"evt_{first[4..]}_2") - 1);
    }

    [Fact]
    public async Task A_hanging_receiver_does_not_delay_another_receiver()
    {
        const int Events = 8;
        const int Limit = 4;
        using var release = new CancellationTokenSource();
        var (open, most) = (0, 0);
        await using var hanging = await Receiver.StartAsync(async (_, aborted) =>
        {
            var now = Interlocked.Increment(ref open);
            InterlockedMax(ref most, now);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, release.Token);
            await Task.Delay(Timeout.Infinite, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            Interlocked.Decrement(ref open);
            return ReceiverResponse.Ok;
        });
        await using var healthy = await Receiver.StartAsync();
        using var customer = cloud.NewCustomer();
        await customer.SubscribeAsync(hanging);
        await customer.SubscribeAsync(healthy);

        await Task.WhenAll(Enumerable.Range(0, Events).Select(_ => customer.OrderAsync()));
        await healthy.ReceiveAsync(Events);
        var openMeanwhile = Volatile.Read(ref open);
        await release.CancelAsync();
        await Eventually.TrueAsync(() => Task.FromResult(hanging.Requests.Select(request => request.Id).Distinct().Count() == Events), "every event reaches the receiver that was hanging");

        Assert.InRange(openMeanwhile, 1, Limit);
        Assert.InRange(most, 1, Limit);
        Assert.Equal(Events, healthy.Requests.Select(request => request.Id).Distinct().Count());
    }

    private static async Task<string> UploadAsync(WebhookCustomer customer, byte[] image)
    {
        using var body = new ByteArrayContent(image);
        body.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using var response = await customer.Client.PostAsync("api/images", body, Ct);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(await response.Content.ReadAsStringAsync(Ct)).GetProperty("id").GetString()!;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
