using System.Net;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Tests the API for managing webhook endpoints (docs/api.md) on a running cloud.</summary>
public sealed class EndpointTests(GuardedCloud cloud) : IClassFixture<GuardedCloud>
{
    private const string Endpoints = "api/webhooks/endpoints";

    /// <summary>
    /// A URL with an IP address instead of a host name, because the tests must not depend on DNS. No request is sent to this URL.
    /// </summary>
    private const string Url = "https://93.184.215.14/webhooks";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_creation_response_contains_the_endpoint_secret()
    {
        using var customer = cloud.NewCustomer();

        var created = await customer.PostAsync(
            Endpoints, $$"""{"url":"{{Url}}","eventTypes":["image.ready","image.ready"],"description":"pictures","ordered":true}""", 201);

        var id = created.GetProperty("id").GetString()!;
        Assert.StartsWith("whsec_", created.GetProperty("secret").GetString(), StringComparison.Ordinal);
        var read = await customer.EndpointAsync(id);
        var listed = Assert.Single((await customer.GetAsync(Endpoints)).GetProperty("endpoints").EnumerateArray());
        Assert.All([read, listed], endpoint =>
        {
            Assert.False(endpoint.TryGetProperty("secret", out _));
            Assert.Equal(id, endpoint.GetProperty("id").GetString());
            Assert.Equal(Url, endpoint.GetProperty("url").GetString());
            Assert.Equal("active", endpoint.GetProperty("status").GetString());
            Assert.Equal("pictures", endpoint.GetProperty("description").GetString());
            Assert.Equal("v1", endpoint.GetProperty("signature").GetString());
            Assert.True(endpoint.GetProperty("ordered").GetBoolean());
            Assert.Equal(["image.ready"], endpoint.GetProperty("eventTypes").EnumerateArray().Select(type => type.GetString()));
        });
    }

    [Fact]
    public async Task Changing_one_endpoint_setting_does_not_change_other_settings()
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer, "\"description\":\"first\",\"eventTypes\":[\"order.created\"]");

        await customer.PatchAsync(id, """{"description":"second"}""");
        await customer.PatchAsync(id, """{"status":"paused","ordered":true}""");
        var changed = await customer.PatchAsync(id, """{"eventTypes":[]}""");

        Assert.Equal(changed.GetRawText(), (await customer.EndpointAsync(id)).GetRawText());
        Assert.Equal(
            ("second", "paused", true, 0, Url),
            (changed.GetProperty("description").GetString(), changed.GetProperty("status").GetString(), changed.GetProperty("ordered").GetBoolean(),
                changed.GetProperty("eventTypes").GetArrayLength(), changed.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task A_deleted_endpoint_does_not_count_towards_the_limit()
    {
        using var customer = cloud.NewCustomer();
        var ids = new List<string>();
        for (var i = 0; i < GuardedCloud.MaxEndpoints; i++)
        {
            ids.Add(await CreateAsync(customer));
        }

        Assert.Equal("endpoint-limit-reached", await RefusalAsync(customer, HttpMethod.Post, Endpoints, $$"""{"url":"{{Url}}"}""", 409));
        var (status, _) = await customer.TryAsync(HttpMethod.Delete, $"{Endpoints}/{ids[0]}");
        await CreateAsync(customer);

        Assert.Equal(204, status);
        Assert.Equal("endpoint-not-found", await RefusalAsync(customer, HttpMethod.Get, $"{Endpoints}/{ids[0]}", null, 404));
        Assert.Equal("endpoint-not-found", await RefusalAsync(customer, HttpMethod.Delete, $"{Endpoints}/{ids[0]}", null, 404));
        Assert.DoesNotContain((await customer.GetAsync(Endpoints)).GetProperty("endpoints").EnumerateArray(), endpoint => endpoint.GetProperty("id").GetString() == ids[0]);
    }

    [Fact]
    public async Task Parallel_endpoint_creations_do_not_exceed_the_limit()
    {
        using var customer = cloud.NewCustomer();

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => customer.TryAsync(HttpMethod.Post, Endpoints, $$"""{"url":"{{Url}}"}""")));

        Assert.Equal(GuardedCloud.MaxEndpoints, responses.Count(response => response.Status == 201));
        Assert.All(responses.Where(response => response.Status != 201), response => Assert.Equal(409, response.Status));
        Assert.Equal(GuardedCloud.MaxEndpoints, (await customer.GetAsync(Endpoints)).GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task Endpoints_are_listed_newest_first_in_pages()
    {
        using var customer = cloud.NewCustomer();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await CreateAsync(customer));
            await Task.Delay(5, Ct);
        }

        var first = await customer.GetAsync($"{Endpoints}?limit=2");
        var second = await customer.GetAsync($"{Endpoints}?limit=2&cursor={first.GetProperty("nextCursor").GetString()}");

        Assert.Equal([ids[2], ids[1]], first.GetProperty("endpoints").EnumerateArray().Select(endpoint => endpoint.GetProperty("id").GetString()));
        Assert.Equal([ids[0]], second.GetProperty("endpoints").EnumerateArray().Select(endpoint => endpoint.GetProperty("id").GetString()));
        Assert.False(second.TryGetProperty("nextCursor", out _));
        using var page = await customer.Client.GetAsync($"{Endpoints}?limit=2", Ct);
        Assert.Equal($"</{Endpoints}?limit=2&cursor={ids[1]}>; rel=\"next\"", page.Headers.GetValues("Link").Single());
    }

    [Theory]
    [InlineData("http://93.184.215.14/", "not-https")]
    [InlineData("ftp://93.184.215.14/", "not-https")]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("gopher://93.184.215.14/", "not-https")]
    [InlineData("https://user:password@93.184.215.14/", "credentials")]
    [InlineData("https://127.0.0.1/", "special-address")]
    [InlineData("https://0.0.0.0/", "special-address")]
    [InlineData("https://10.0.0.1/", "special-address")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "special-address")]
    [InlineData("https://100.64.0.1/", "special-address")]
    [InlineData("https://2130706433/", "unusual-address")]
    [InlineData("https://0177.0.0.1/", "unusual-address")]
    [InlineData("https://0x7f.0.0.1/", "unusual-address")]
    [InlineData("https://127.1/", "unusual-address")]
    [InlineData("https://[::1]/", "special-address")]
    [InlineData("https://[::ffff:127.0.0.1]/", "special-address")]
    [InlineData("https://[64:ff9b::7f00:1]/", "special-address")]
    [InlineData("https://localhost/", null)]
    [InlineData("https://localhost./", null)]
    [InlineData("https://metadata.internal/", "private-name")]
    [InlineData("not a url", null)]
    [InlineData("", null)]
    public async Task The_problem_for_a_forbidden_endpoint_URL_states_the_reason(string url, string? reason)
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer);

        var (created, problem) = await customer.TryAsync(HttpMethod.Post, Endpoints, $$"""{"url":"{{url}}"}""");
        var (changed, _) = await customer.TryAsync(HttpMethod.Patch, $"{Endpoints}/{id}", $$"""{"url":"{{url}}"}""");

        Assert.Equal((422, 422), (created, changed));
        Assert.Equal("webhook-url-refused", Code(problem));
        Assert.Equal("/url", problem.GetProperty("pointer").GetString());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        if (reason is not null)
        {
            Assert.Equal(reason, problem.GetProperty("reason").GetString());
        }

        Assert.Equal(Url, (await customer.EndpointAsync(id)).GetProperty("url").GetString());
    }

    [Theory]
    [InlineData("", 400, "empty-body")]
    [InlineData("{", 400, "malformed-json")]
    [InlineData("[]", 422, "invalid-body")]
    [InlineData("{}", 422, "invalid-body", "/url")]
    [InlineData("""{"url":null}""", 422, "invalid-body", "/url")]
    [InlineData("""{"url":5}""", 422, "invalid-body", "/url")]
    [InlineData("""{"url":"https://93.184.215.14/","eventTypes":["order.created","order.lost"]}""", 422, "invalid-body", "/eventTypes/1")]
    [InlineData("""{"url":"https://93.184.215.14/","eventTypes":[null]}""", 422, "invalid-body", "/eventTypes/0")]
    [InlineData("""{"url":"https://93.184.215.14/","eventTypes":"order.created"}""", 422, "invalid-body", "/eventTypes")]
    [InlineData("""{"url":"https://93.184.215.14/","ordered":"yes"}""", 422, "invalid-body", "/ordered")]
    [InlineData("""{"url":"https://93.184.215.14/","signature":"v2"}""", 422, "invalid-body", "/signature")]
    [InlineData("""{"url":"https://93.184.215.14/","secret":"whsec_mine"}""", 422, "invalid-body", "/secret")]
    [InlineData("""{"url":"https://93.184.215.14/","secret":"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""", 422, "invalid-body", "/secret")]
    [InlineData("""{"url":"https://93.184.215.14/","secret":"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}""", 422, "invalid-body", "/secret")] // 23 bytes
    [InlineData("""{"url":"https://93.184.215.14/","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\u0000"}""", 422, "invalid-body", "/secret")]
    [InlineData("""{"url":"https://93.184.215.14/","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","signature":"v1a"}""", 422, "invalid-body", "/secret")]
    [InlineData("""{"url":"https://93.184.215.14/","rateLimit":-1}""", 422, "invalid-body", "/rateLimit")]
    [InlineData("""{"url":"https://93.184.215.14/","rateLimit":3001}""", 422, "invalid-body", "/rateLimit")]
    [InlineData("""{"url":"https://93.184.215.14/","rateLimit":0.5}""", 422, "invalid-body", "/rateLimit")]
    [InlineData("""{"url":"https://93.184.215.14/","rateLimit":"10/s"}""", 422, "invalid-body", "/rateLimit")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":[]}""", 422, "invalid-body", "/headers")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":5}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":"1","X-A":"2"}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":"1","x-a":"2"}}""", 422, "invalid-body", "/headers/x-a")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"":"1"}}""", 422, "invalid-body", "/headers/")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X A":"1"}}""", 422, "invalid-body", "/headers/X A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X~/":"1"}}""", 422, "invalid-body", "/headers/X~0~1")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"\u00c4":"1"}}""", 422, "invalid-body", "/headers/\u00c4")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"\ud800":"1"}}""", 400, "malformed-json")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":"\ud800"}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":"1\r\nX-B: 2"}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":"1\u0000"}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":" 1"}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":"1\t"}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"X-A":"Zo\u00eb"}}""", 422, "invalid-body", "/headers/X-A")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"Host":"example.com"}}""", 422, "invalid-body", "/headers/Host")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"WEBHOOK-Signature":"v1,x"}}""", 422, "invalid-body", "/headers/WEBHOOK-Signature")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"Content-Length":"5"}}""", 422, "invalid-body", "/headers/Content-Length")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"Transfer-Encoding":"chunked"}}""", 422, "invalid-body", "/headers/Transfer-Encoding")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"Connection":"close"}}""", 422, "invalid-body", "/headers/Connection")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"Proxy-Connection":"close"}}""", 422, "invalid-body", "/headers/Proxy-Connection")]
    [InlineData("""{"url":"https://93.184.215.14/","headers":{"User-Agent":"me"}}""", 422, "invalid-body", "/headers/User-Agent")]
    public async Task The_problem_for_an_invalid_endpoint_points_to_the_error(string body, int status, string code, string? pointer = null)
    {
        using var customer = cloud.NewCustomer();

        var (actual, problem) = await customer.TryAsync(HttpMethod.Post, Endpoints, body);

        Assert.Equal((status, code), (actual, Code(problem)));
        if (pointer is not null)
        {
            Assert.Equal(pointer, problem.GetProperty("pointer").GetString());
        }
    }

    [Fact]
    public async Task The_problem_for_an_unknown_event_type_lists_supported_types()
    {
        using var customer = cloud.NewCustomer();

        var (_, problem) = await customer.TryAsync(HttpMethod.Post, Endpoints, $$"""{"url":"{{Url}}","eventTypes":["order.deleted"]}""");

        Assert.Equal(
            ["order.created", "order.updated", "image.ready", "image.failed", "image.upgraded", "endpoint.failing", "endpoint.disabled", "webhook.test"],
            problem.GetProperty("allowed").EnumerateArray().Select(type => type.GetString()));
    }

    [Theory]
    [InlineData(256, 201)]
    [InlineData(257, 422)]
    [InlineData(20_000, 413)]
    public async Task An_endpoint_description_has_at_most_256_characters(int length, int status)
    {
        using var customer = cloud.NewCustomer();

        var (actual, _) = await customer.TryAsync(HttpMethod.Post, Endpoints, $$"""{"url":"{{Url}}","description":"{{new string('d', length)}}"}""");

        Assert.Equal(status, actual);
    }

    [Theory]
    [InlineData("""{"status":"disabled"}""", "/status")]
    [InlineData("""{"status":"deleted"}""", "/status")]
    [InlineData("""{"signature":"v2"}""", "/signature")]
    [InlineData("""{"signature":5}""", "/signature")]
    [InlineData("""{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""", "/secret")]
    [InlineData("""{"headers":{"X-A":null}}""", "/headers/X-A")]
    [InlineData("""{"headers":{"X-A":"***"}}""", "/headers/X-A")]
    [InlineData("""{"eventTypes":["nothing"]}""", "/eventTypes/0")]
    public async Task An_invalid_endpoint_change_is_rejected(string body, string pointer)
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer);

        var (status, problem) = await customer.TryAsync(HttpMethod.Patch, $"{Endpoints}/{id}", body);

        Assert.Equal((422, pointer), (status, problem.GetProperty("pointer").GetString()));
    }

    [Theory]
    [InlineData("?limit=0", "limit-invalid")]
    [InlineData("?limit=101", "limit-invalid")]
    [InlineData("?limit=many", "limit-invalid")]
    [InlineData("?cursor=nowhere", "cursor-invalid")]
    public async Task A_webhook_listing_with_invalid_parameters_is_rejected(string query, string code)
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer);

        Assert.Equal(code, await RefusalAsync(customer, HttpMethod.Get, Endpoints + query, null, 400));
        Assert.Equal(code, await RefusalAsync(customer, HttpMethod.Get, $"{Endpoints}/{id}/deliveries{query}", null, 400));
    }

    [Fact]
    public async Task An_unknown_delivery_status_is_rejected()
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer);

        Assert.Equal("status-invalid", await RefusalAsync(customer, HttpMethod.Get, $"{Endpoints}/{id}/deliveries?status=lost", null, 400));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(-1)]
    public async Task A_recovery_must_start_at_a_time_within_the_last_thirty_days(int daysAgo)
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer);

        Assert.Equal("invalid-body", await RefusalAsync(
            customer, HttpMethod.Post, $"{Endpoints}/{id}/recover", $$"""{"since":"{{DateTimeOffset.UtcNow.AddDays(-daysAgo):O}}"}""", 422));
        Assert.Equal("invalid-body", await RefusalAsync(customer, HttpMethod.Post, $"{Endpoints}/{id}/recover", """{"since":"yesterday"}""", 422));
        Assert.Equal("invalid-body", await RefusalAsync(
            customer, HttpMethod.Post, $"{Endpoints}/{id}/recover", $$"""{"since":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss}}"}""", 422));
    }

    [Theory]
    [InlineData("""{"graceHours":-1}""", 422, "/graceHours")]
    [InlineData("""{"graceHours":169}""", 422, "/graceHours")]
    [InlineData("""{"graceHours":1.5}""", 422, "/graceHours")]
    [InlineData("""{"graceHours":"PT1H"}""", 422, "/graceHours")]
    [InlineData("""{"graceHours":99999999999}""", 422, "/graceHours")]
    [InlineData("""{"hours":1}""", 422, "/hours")]
    [InlineData("""{"graceHours":1,"graceHours":1}""", 422, "/graceHours")]
    public async Task A_rotation_with_an_invalid_grace_period_changes_nothing(string body, int status, string pointer)
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer);

        var (actual, problem) = await customer.TryAsync(HttpMethod.Post, $"{Endpoints}/{id}/rotate-secret", body);

        Assert.Equal((status, pointer), (actual, problem.GetProperty("pointer").GetString()));
        Assert.False((await customer.EndpointAsync(id)).TryGetProperty("previousSecretUntil", out _));
    }

    [Theory]
    [InlineData(10, 1024, 201)]
    [InlineData(11, 1, 422)]
    [InlineData(1, 1025, 422)]
    [InlineData(2, 9000, 413)]
    public async Task The_number_and_the_length_of_headers_are_limited(int count, int length, int status)
    {
        using var customer = cloud.NewCustomer();
        var headers = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"X-{i}\":\"{new string('v', length)}\""));

        var (actual, _) = await customer.TryAsync(HttpMethod.Post, Endpoints, $$$"""{"url":"{{{Url}}}","headers":{{{{headers}}}}}""");

        Assert.Equal(status, actual);
    }

    [Fact]
    public async Task Headers_are_not_sent_to_another_origin_by_a_change_of_the_URL_alone()
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer, "\"headers\":{\"Authorization\":\"Bearer t\"}");

        var (status, problem) = await customer.TryAsync(HttpMethod.Patch, $"{Endpoints}/{id}", """{"url":"https://93.184.215.15/webhooks"}""");
        await customer.PatchAsync(id, """{"url":"https://93.184.215.14/other"}""");
        var moved = await customer.PatchAsync(id, """{"url":"https://93.184.215.15/webhooks","headers":{}}""");

        Assert.Equal((422, "/headers"), (status, problem.GetProperty("pointer").GetString()));
        Assert.False(moved.TryGetProperty("headers", out _));
    }

    [Fact]
    public async Task Concurrent_changes_of_different_settings_all_take_effect()
    {
        using var customer = cloud.NewCustomer();
        var id = await CreateAsync(customer);

        var responses = await Task.WhenAll(
            ((string[])["""{"description":"d","rateLimit":60}""", """{"ordered":true}""", """{"headers":{"X-A":"1"}}""", """{"signature":"v1a"}"""])
                .Select(body => customer.TryAsync(HttpMethod.Patch, $"{Endpoints}/{id}", body)));

        Assert.All(responses, response => Assert.Equal(200, response.Status));
        var endpoint = await customer.EndpointAsync(id);
        Assert.Equal(
            ("d", true, "***", "v1a"),
            (endpoint.GetProperty("description").GetString(), endpoint.GetProperty("ordered").GetBoolean(),
                endpoint.GetProperty("headers").GetProperty("X-A").GetString(), endpoint.GetProperty("signature").GetString()));
        Assert.Equal(60, endpoint.GetProperty("rateLimit").GetInt32());
        Assert.False((await customer.PatchAsync(id, """{"rateLimit":0}""")).TryGetProperty("rateLimit", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ep_")]
    [InlineData("..")]
    [InlineData("ep_%F0%9F%98%80")]
    public async Task The_keys_of_an_invalid_endpoint_id_are_not_computed(string id)
    {
        using var customer = cloud.NewCustomer();

        Assert.Equal("endpoint-invalid", await RefusalAsync(customer, HttpMethod.Get, $".well-known/webhook-keys?endpoint={id}", null, 400));
    }

    [Fact]
    public async Task Requesting_another_customers_endpoint_gets_404()
    {
        using var owner = cloud.NewCustomer();
        using var other = cloud.NewCustomer();
        var id = await CreateAsync(owner);
        await owner.PatchAsync(id, """{"status":"paused"}""");
        await owner.OrderAsync();
        var delivery = (await owner.NewestDeliveryAsync(id, "failed")).GetProperty("id").GetString();

        (HttpMethod Method, string Path, string? Body)[] requests =
        [
            (HttpMethod.Get, $"{Endpoints}/{id}", null),
            (HttpMethod.Patch, $"{Endpoints}/{id}", """{"status":"active"}"""),
            (HttpMethod.Delete, $"{Endpoints}/{id}", null),
            (HttpMethod.Post, $"{Endpoints}/{id}/rotate-secret", null),
            (HttpMethod.Post, $"{Endpoints}/{id}/test", null),
            (HttpMethod.Post, $"{Endpoints}/{id}/recover", $$"""{"since":"{{DateTimeOffset.UtcNow.AddHours(-1):O}}"}"""),
            (HttpMethod.Get, $"{Endpoints}/{id}/deliveries", null),
        ];
        foreach (var (method, path, body) in requests)
        {
            Assert.Equal("endpoint-not-found", await RefusalAsync(other, method, path, body, 404));
        }

        Assert.Equal("delivery-not-found", await RefusalAsync(other, HttpMethod.Post, $"api/webhooks/deliveries/{delivery}/replay", null, 404));
        Assert.Equal("paused", (await owner.EndpointAsync(id)).GetProperty("status").GetString());
        Assert.Empty((await other.GetAsync(Endpoints)).GetProperty("endpoints").EnumerateArray());
    }

    [Theory]
    [InlineData("ep_")]
    [InlineData("ep_00000000000000000000")]
    [InlineData("..%2F..%2Fcount")]
    [InlineData("count")]
    [InlineData("ep_%C3%A4")]
    public async Task An_invalid_endpoint_or_delivery_id_gets_404(string id)
    {
        using var customer = cloud.NewCustomer();

        Assert.Equal(404, (await customer.TryAsync(HttpMethod.Get, $"{Endpoints}/{id}")).Status);
        Assert.Equal(404, (await customer.TryAsync(HttpMethod.Post, $"api/webhooks/deliveries/{id}/replay")).Status);
    }

    [Fact]
    public async Task Endpoint_requests_require_a_scope_but_public_key_requests_do_not()
    {
        using var anyone = cloud.Anyone();
        using var shopper = cloud.ClientOf("c1", "orders.read", "orders.write");

        using var unknown = await anyone.GetAsync(Endpoints, Ct);
        using var unentitled = await shopper.GetAsync(Endpoints, Ct);
        using var keys = await anyone.GetAsync(".well-known/webhook-keys", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, unentitled.StatusCode);
        Assert.Equal(HttpStatusCode.OK, keys.StatusCode);
    }

    private static async Task<string> CreateAsync(WebhookCustomer customer, string more = "\"ordered\":false") =>
        (await customer.PostAsync(Endpoints, $$"""{"url":"{{Url}}",{{more}}}""", 201)).GetProperty("id").GetString()!;

    private static async Task<string> RefusalAsync(WebhookCustomer customer, HttpMethod method, string path, string? body, int expected)
    {
        var (status, problem) = await customer.TryAsync(method, path, body);
        Assert.True(status == expected, $"{method} {path}: {status}");
        return Code(problem);
    }

    private static string Code(JsonElement problem) => problem.GetProperty("type").GetString()!.Split('/')[^1];
}
