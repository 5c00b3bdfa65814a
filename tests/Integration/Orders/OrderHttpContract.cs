using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ServerlessScale.Tests.Integration.Catalogue;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Tests the HTTP contract for orders (docs/api.md) on each order store.</summary>
public abstract class OrderHttpContract(OrderCloud cloud)
{
    private const string Mug = """{"currency":"EUR","lines":[{"sku":"mug-1","quantity":2,"unitPrice":1250},{"sku":"tea","quantity":1}]}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Placing_an_order_computes_its_total_and_sends_its_event()
    {
        using var customer = cloud.NewCustomer();

        using var response = await PlaceAsync(customer, Mug, "k1");

        var order = await OrderCloud.BodyOf(response);
        var id = order.GetProperty("id").GetString()!;
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/orders/{id}", response.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        Assert.Single(response.Headers.GetValues("Consistency-Token"));
        Assert.False(response.Headers.Contains("Idempotency-Replayed"));
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("placed", order.GetProperty("status").GetString());
        Assert.Equal(3750, order.GetProperty("total").GetInt64());
        Assert.Equal("EUR", order.GetProperty("currency").GetString());
        Assert.Equal(2, order.GetProperty("lines").GetArrayLength());
        Assert.Equal(order.GetProperty("month").GetString(), order.GetProperty("createdAt").GetString()![..7]);
        Assert.Equal([$"evt_{id[4..]}_1 order.created placed"], await cloud.EventsOfAsync(id));
    }

    [Fact]
    public async Task Repeating_an_order_request_returns_the_first_response()
    {
        using var customer = cloud.NewCustomer();
        using var first = await PlaceAsync(customer, Mug, "k1");
        var id = await IdOf(first);
        (await ChangeAsync(customer, id, "\"1\"", "paid")).EnsureSuccessStatusCode().Dispose();

        using var again = await PlaceAsync(customer, Mug.Replace(",", " ,\n", StringComparison.Ordinal), "\"k1\"");

        Assert.Equal(first.StatusCode, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await again.Content.ReadAsStringAsync(Ct));
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Single(await ListAsync(customer));
    }

    [Fact]
    public async Task Reusing_an_idempotency_key_with_another_body_is_rejected()
    {
        using var customer = cloud.NewCustomer();
        (await PlaceAsync(customer, Mug, "k1")).EnsureSuccessStatusCode().Dispose();

        using var other = await PlaceAsync(customer, Mug.Replace("1250", "1251", StringComparison.Ordinal), "k1");

        await AssertProblemAsync(other, 422, "idempotency-key-reused", "Idempotency-Key");
        Assert.Single(await ListAsync(customer));
    }

    [Fact]
    public async Task Two_customers_can_use_the_same_idempotency_key()
    {
        using var one = cloud.NewCustomer();
        using var other = cloud.NewCustomer();
        using var first = await PlaceAsync(one, Mug, "k1");

        using var second = await PlaceAsync(other, Mug, "k1");

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.NotEqual(await IdOf(first), await IdOf(second));
    }

    [Fact]
    public async Task Two_hundred_parallel_requests_with_one_key_place_one_order()
    {
        using var customer = cloud.NewCustomer();

        var responses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var response = await PlaceAsync(customer, Mug, "same");
            return (response.StatusCode, Body: await response.Content.ReadAsStringAsync(Ct), Replayed: response.Headers.Contains("Idempotency-Replayed"));
        }));

        var order = Assert.Single(await ListAsync(customer));
        Assert.All(responses, response => Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
        var placed = responses.Where(response => response.StatusCode == HttpStatusCode.Created).ToArray();
        Assert.Single(placed.Select(response => response.Body).Distinct());
        Assert.Single(placed, response => !response.Replayed);
        Assert.Single(await cloud.EventsOfAsync(order.GetProperty("id").GetString()!));
    }

    [Theory]
    [InlineData("", 400, "empty-body", null)]
    [InlineData("{\"currency\":", 400, "malformed-json", null)]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":NaN,"unitPrice":1}]}""", 400, "malformed-json", null)]
    [InlineData("""{"currency":"EUR","currency":"EUR","lines":[{"sku":"a","quantity":1,"unitPrice":1}]}""", 422, "invalid-body", "/currency")]
    [InlineData("[]", 422, "invalid-body", "")]
    [InlineData("""{"currency":"EUR"}""", 422, "invalid-body", "/lines")]
    [InlineData("""{"currency":"EUR","lines":5}""", 422, "invalid-body", "/lines")]
    [InlineData("""{"currency":"EUR","lines":null}""", 422, "invalid-body", "/lines")]
    [InlineData("""{"currency":"EUR","lines":[null]}""", 422, "invalid-body", "/lines/0")]
    [InlineData("""{"currency":5,"lines":[{"sku":"a","quantity":1,"unitPrice":1}]}""", 422, "invalid-body", "/currency")]
    [InlineData("""{"currency":"EUR","total":1,"lines":[{"sku":"a","quantity":1,"unitPrice":1}]}""", 422, "invalid-body", "/total")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":1,"unitPrice":1},{"sku":"a","quantity":1,"unitPrice":1,"x/y":1}]}""", 422, "invalid-body", "/lines/1/x~1y")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","unitPrice":1}]}""", 422, "invalid-body", "/lines/0/quantity")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":"1","unitPrice":1}]}""", 422, "invalid-body", "/lines/0/quantity")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":1.5,"unitPrice":1}]}""", 422, "invalid-body", "/lines/0/quantity")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":1,"unitPrice":99999999999999999999}]}""", 422, "invalid-body", "/lines/0/unitPrice")]
    [InlineData("""{"currency":"eur","lines":[{"sku":"a","quantity":1,"unitPrice":1}]}""", 422, "currency-unknown", "/currency")]
    [InlineData("""{"currency":"XXX","lines":[{"sku":"a","quantity":1,"unitPrice":1}]}""", 422, "currency-unknown", "/currency")]
    [InlineData("""{"currency":"EUR","lines":[]}""", 422, "order-limit", "/lines")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"","quantity":1,"unitPrice":1}]}""", 422, "order-limit", "/lines/0/sku")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a b","quantity":1,"unitPrice":1}]}""", 422, "sku-invalid", "/lines/0/sku")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":".","quantity":1,"unitPrice":1}]}""", 422, "sku-invalid", "/lines/0/sku")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"..","quantity":1,"unitPrice":1}]}""", 422, "sku-invalid", "/lines/0/sku")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":0,"unitPrice":1}]}""", 422, "order-limit", "/lines/0/quantity")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":1000001,"unitPrice":1}]}""", 422, "order-limit", "/lines/0/quantity")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":1,"unitPrice":-1}]}""", 422, "order-limit", "/lines/0/unitPrice")]
    [InlineData("""{"currency":"EUR","lines":[{"sku":"a","quantity":1,"unitPrice":1000000000001}]}""", 422, "order-limit", "/lines/0/unitPrice")]
    public async Task An_invalid_order_body_is_rejected_and_nothing_is_written(string body, int status, string code, string? pointer)
    {
        using var customer = cloud.NewCustomer();

        using var refused = await PlaceAsync(customer, body, "k1");

        await AssertProblemAsync(refused, status, code, pointer);
        Assert.Empty(await ListAsync(customer));
        using var good = await PlaceAsync(customer, Mug, "k1");
        Assert.Equal(HttpStatusCode.Created, good.StatusCode);
    }

    [Theory]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1},{"sku":"unknown","quantity":1}]}""", 422, "sku-unknown", "/lines/1/sku")]
    [InlineData("""{"lines":[{"sku":"Mug","quantity":1}]}""", 422, "sku-unknown", "/lines/0/sku")]
    [InlineData("""{"lines":[{"sku":"retired","quantity":1}]}""", 422, "sku-inactive", "/lines/0/sku")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1},{"sku":"yen","quantity":1}]}""", 422, "currency-mismatch", "/lines/1/sku")]
    [InlineData("""{"currency":"USD","lines":[{"sku":"mug","quantity":1}]}""", 422, "currency-mismatch", "/currency")]
    [InlineData("""{"currency":null,"lines":[{"sku":"mug","quantity":1,"unitPrice":0}]}""", 409, "price-changed", "/lines/0/unitPrice")]
    [InlineData("""{"lines":[{"sku":"mug","quantity":1},{"sku":"tea","quantity":1,"unitPrice":1251}]}""", 409, "price-changed", "/lines/1/unitPrice")]
    public async Task An_order_that_contradicts_the_catalogue_is_rejected(string body, int status, string code, string pointer)
    {
        using var customer = cloud.NewCustomer();

        using var refused = await PlaceAsync(customer, body, "k1");

        var problem = await AssertProblemAsync(refused, status, code, pointer);
        if (code == "price-changed")
        {
            Assert.Equal(1250, problem.GetProperty("currentUnitPrice").GetInt64());
            Assert.NotEqual(1250, problem.GetProperty("unitPrice").GetInt64());
        }

        Assert.Empty(await ListAsync(customer));
        using var good = await PlaceAsync(customer, Mug, "k1");
        Assert.Equal(HttpStatusCode.Created, good.StatusCode);
    }

    [Theory]
    [InlineData(101, 1, 422, "order-limit")]
    [InlineData(10_001, 1, 413, "body-too-large")]
    [InlineData(1, 10_000_000, 413, "body-too-large")]
    public async Task The_problem_for_an_oversized_order_states_the_limit(int lines, int skuLength, int status, string code)
    {
        using var customer = cloud.NewCustomer();
        var line = $$"""{"sku":"{{new string('s', skuLength)}}","quantity":1,"unitPrice":1}""";

        using var refused = await PlaceAsync(
            customer, $$"""{"currency":"EUR","lines":[{{string.Join(',', Enumerable.Repeat(line, lines))}}]}""", "k1");

        var problem = await AssertProblemAsync(refused, status, code);
        Assert.Equal(status == 422 ? 100 : 65536, problem.GetProperty(status == 422 ? "limit" : "maxBytes").GetInt32());
        Assert.Empty(await ListAsync(customer));
    }

    [Fact]
    public async Task An_order_total_above_the_largest_exact_JSON_integer_is_rejected()
    {
        using var customer = cloud.NewCustomer();
        var line = $$"""{"sku":"{{KnownProducts.Gold}}","quantity":1000000}""";

        using var refused = await PlaceAsync(
            customer, $$"""{"currency":"EUR","lines":[{{string.Join(',', Enumerable.Repeat(line, 10))}}]}""", "k1");

        await AssertProblemAsync(refused, 422, "total-overflow", "/lines");
        Assert.Empty(await ListAsync(customer));
    }

    [Fact]
    public async Task A_missing_or_invalid_idempotency_key_is_rejected()
    {
        using var customer = cloud.NewCustomer();
        foreach (var (key, code) in ((string?, string)[])[
            (null, "idempotency-key-missing"), (new string('k', 256), "idempotency-key-invalid"), ("", "idempotency-key-invalid"),
            ("\"\"", "idempotency-key-invalid"), ("k\tk", "idempotency-key-invalid")])
        {
            using var refused = await PlaceAsync(customer, Mug, key);

            await AssertProblemAsync(refused, 400, code, "Idempotency-Key");
        }

        Assert.Empty(await ListAsync(customer));
        using var longest = await PlaceAsync(customer, Mug, new string('k', 255));
        Assert.Equal(HttpStatusCode.Created, longest.StatusCode);
    }

    // The Functions host joins repeated headers with a comma and a space before it forwards the request to the app.
    [Theory]
    [InlineData("k1", "k1")]
    [InlineData("k1", "k2")]
    [InlineData("\"k1\"", "\"k1\"")]
    public async Task A_request_with_two_Idempotency_Key_headers_does_not_place_an_order(string first, string second)
    {
        using var customer = cloud.NewCustomer();
        using var client = await RawClient.ConnectAsync(customer.BaseAddress!);

        await client.SendAsync(
            $"POST /api/orders HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nAuthorization: {customer.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: application/json\r\nIdempotency-Key: {first}\r\nIdempotency-Key: {second}\r\n"
            + $"Content-Length: {Mug.Length}\r\n\r\n{Mug}");
        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Contains("idempotency-key-invalid", response, StringComparison.Ordinal);
        Assert.Empty(await ListAsync(customer));
    }

    [Fact]
    public async Task A_quoted_idempotency_key_can_contain_a_comma_and_a_space()
    {
        using var customer = cloud.NewCustomer();

        using var placed = await PlaceAsync(customer, Mug, "\"k1, k1\"");

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
    }

    [Fact]
    public async Task Reading_an_order_with_its_current_ETag_gets_304()
    {
        using var customer = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");
        var path = placed.Headers.Location!.OriginalString;

        using var read = await customer.GetAsync(path, Ct);
        using var head = await customer.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Ct);
        using var same = await GetAsync(customer, path, request => request.Headers.IfNoneMatch.Add(placed.Headers.ETag!));
        using var other = await GetAsync(customer, path, request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"2\"")));

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(await placed.Content.ReadAsStringAsync(Ct), await read.Content.ReadAsStringAsync(Ct));
        Assert.Equal(placed.Headers.ETag, read.Headers.ETag);
        Assert.True(read.Headers.CacheControl is { Private: true, NoCache: true });
        Assert.Equal((HttpStatusCode.OK, 0), (head.StatusCode, (await head.Content.ReadAsByteArrayAsync(Ct)).Length));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using var matched = await GetAsync(customer, path, request => request.Headers.IfMatch.Add(placed.Headers.ETag!));
        using var changed = await GetAsync(customer, path, request => request.Headers.IfMatch.Add(new EntityTagHeaderValue("\"2\"")));
        Assert.Equal(HttpStatusCode.OK, matched.StatusCode);
        await AssertProblemAsync(changed, 412, "precondition-failed", "If-Match");
    }

    [Fact]
    public async Task Requesting_another_customers_order_gets_404()
    {
        using var customer = cloud.NewCustomer();
        using var stranger = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");
        var path = placed.Headers.Location!.OriginalString;

        using var read = await stranger.GetAsync(path, Ct);
        using var change = await ChangeAsync(stranger, path.Split('/')[^1], "\"1\"", "paid");

        await AssertProblemAsync(read, 404, "order-not-found");
        await AssertProblemAsync(change, 404, "order-not-found");
        Assert.Empty(await ListAsync(stranger));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("ord_20261345678901234567890123456")]
    [InlineData("ord_202611zzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("ORD_202611ZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("idem_LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564")]
    public async Task An_unknown_order_id_gets_404(string id)
    {
        using var customer = cloud.NewCustomer();

        using var read = await customer.GetAsync($"api/orders/{id}", Ct);
        using var change = await ChangeAsync(customer, id, "\"1\"", "paid");

        await AssertProblemAsync(read, 404, "order-not-found");
        await AssertProblemAsync(change, 404, "order-not-found");
    }

    [Fact]
    public async Task Each_status_change_of_an_order_sends_one_event()
    {
        using var customer = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");
        var id = await IdOf(placed);
        var etag = placed.Headers.ETag!.ToString();
        foreach (var status in (string[])["paid", "shipped", "delivered"])
        {
            using var changed = await ChangeAsync(customer, id, etag, status);

            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            Assert.NotEqual(etag, changed.Headers.ETag!.ToString());
            Assert.Single(changed.Headers.GetValues("Consistency-Token"));
            Assert.Equal(status, (await OrderCloud.BodyOf(changed)).GetProperty("status").GetString());
            etag = changed.Headers.ETag!.ToString();
        }

        using var read = await customer.GetAsync($"api/orders/{id}", Ct);
        Assert.Equal(etag, read.Headers.ETag!.ToString());
        Assert.Equal(
            [$"evt_{id[4..]}_1 order.created placed", $"evt_{id[4..]}_2 order.updated paid", $"evt_{id[4..]}_3 order.updated shipped",
                $"evt_{id[4..]}_4 order.updated delivered"],
            (await cloud.EventsOfAsync(id)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "shipped", "paid,cancelled")]
    [InlineData("", "placed", "paid,cancelled")]
    [InlineData("paid", "delivered", "shipped,cancelled")]
    [InlineData("paid,shipped", "cancelled", "delivered")]
    [InlineData("cancelled", "paid", "")]
    public async Task The_problem_for_an_invalid_status_transition_lists_allowed_transitions(string before, string wanted, string allowed)
    {
        using var customer = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");
        var id = await IdOf(placed);
        var version = 1;
        foreach (var status in before.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (await ChangeAsync(customer, id, $"\"{version++}\"", status)).EnsureSuccessStatusCode().Dispose();
        }

        using var refused = await ChangeAsync(customer, id, $"\"{version}\"", wanted);

        var problem = await AssertProblemAsync(refused, 409, "transition-not-allowed", "/status");
        Assert.Equal(allowed, string.Join(',', problem.GetProperty("allowed").EnumerateArray().Select(status => status.GetString())));
    }

    [Theory]
    [InlineData(null, 428, "if-match-missing")]
    [InlineData("\"0\"", 412, "order-changed")]
    [InlineData("\"01\"", 412, "order-changed")]
    [InlineData("\"something else\"", 412, "order-changed")]
    [InlineData("W/\"1\"", 400, "if-match-invalid")]
    [InlineData("1", 400, "if-match-invalid")]
    [InlineData("*", 400, "if-match-invalid")]
    [InlineData("\"1\", \"2\"", 400, "if-match-invalid")]
    public async Task An_order_change_requires_the_current_version_in_If_Match(string? ifMatch, int status, string code)
    {
        using var customer = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");
        var id = await IdOf(placed);

        using var refused = await ChangeAsync(customer, id, ifMatch, "paid");

        await AssertProblemAsync(refused, status, code, "If-Match");
        using var read = await customer.GetAsync($"api/orders/{id}", Ct);
        Assert.Equal("\"1\"", read.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("{}", 422, "invalid-body", "/status")]
    [InlineData("""{"status":"lost"}""", 422, "invalid-body", "/status")]
    [InlineData("""{"status":"Paid"}""", 422, "invalid-body", "/status")]
    [InlineData("""{"status":1}""", 422, "invalid-body", "/status")]
    [InlineData("""{"status":"paid","total":0}""", 422, "invalid-body", "/total")]
    [InlineData("paid", 400, "malformed-json", null)]
    public async Task The_problem_for_an_invalid_order_change_points_to_the_error(string body, int status, string code, string? pointer)
    {
        using var customer = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");

        using var refused = await SendChangeAsync(customer, await IdOf(placed), "\"1\"", body);

        await AssertProblemAsync(refused, status, code, pointer);
    }

    [Fact]
    public async Task Only_one_of_50_parallel_changes_to_an_order_succeeds()
    {
        using var customer = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");
        var id = await IdOf(placed);

        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var response = await ChangeAsync(customer, id, "\"1\"", i % 2 == 0 ? "paid" : "cancelled");
            return response.StatusCode;
        }));

        Assert.Single(responses, HttpStatusCode.OK);
        Assert.Equal(49, responses.Count(status => status == HttpStatusCode.PreconditionFailed));
        using var read = await customer.GetAsync($"api/orders/{id}", Ct);
        Assert.Equal("\"2\"", read.Headers.ETag!.ToString());
        Assert.Equal(2, (await cloud.EventsOfAsync(id)).Length);
    }

    [Fact]
    public async Task Orders_are_listed_newest_first_in_pages()
    {
        using var customer = cloud.NewCustomer();
        var placed = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await PlaceAsync(customer, Mug, string.Create(CultureInfo.InvariantCulture, $"k{i}"));
            placed.Add(await IdOf(response));
            // Ids that were created in the same millisecond sort in random order.
            await Task.Delay(2, Ct);
        }

        placed.Reverse();
        var first = await customer.GetFromJsonAsync<JsonElement>("api/orders?limit=3", Ct);
        var cursor = first.GetProperty("nextCursor").GetString();
        var second = await customer.GetFromJsonAsync<JsonElement>($"api/orders?limit=3&cursor={cursor}", Ct);
        using var page = await customer.GetAsync("api/orders?limit=3", Ct);
        // RFC 8288 section 3: the target is in angle brackets and is resolved against the request's URL.
        var link = Assert.Single(page.Headers.GetValues("Link"));
        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        using var linked = await customer.GetAsync(new Uri(customer.BaseAddress!, link.Split('>')[0][1..]), Ct);

        Assert.Equal(placed[3..], IdsOf(await OrderCloud.BodyOf(linked)));
        Assert.False(linked.Headers.Contains("Link"));
        Assert.Equal(placed[..3], IdsOf(first));
        Assert.Equal(placed[3..], IdsOf(second));
        Assert.False(second.TryGetProperty("nextCursor", out _));
        Assert.Empty(await ListAsync(customer, "?month=2020-02"));
    }

    [Theory]
    [InlineData("month=2026-13", "month-invalid", "month")]
    [InlineData("month=2026-00", "month-invalid", "month")]
    [InlineData("month=2026-1", "month-invalid", "month")]
    [InlineData("month=", "month-invalid", "month")]
    [InlineData("month=2026-11&month=2026-11", "month-invalid", "month")]
    [InlineData("month=november", "month-invalid", "month")]
    [InlineData("month=2026-11%00", "month-invalid", "month")]
    [InlineData("limit=1%00", "limit-invalid", "limit")]
    [InlineData("limit=0", "limit-invalid", "limit")]
    [InlineData("limit=101", "limit-invalid", "limit")]
    [InlineData("limit=-1", "limit-invalid", "limit")]
    [InlineData("limit=ten", "limit-invalid", "limit")]
    [InlineData("limit=99999999999", "limit-invalid", "limit")]
    [InlineData("cursor=x", "cursor-invalid", "cursor")]
    [InlineData("cursor=", "cursor-invalid", "cursor")]
    [InlineData("cursor=e30.e30", "cursor-invalid", "cursor")]
    public async Task An_order_listing_with_an_invalid_parameter_is_rejected(string query, string code, string pointer)
    {
        using var customer = cloud.NewCustomer();

        using var refused = await customer.GetAsync($"api/orders?{query}", Ct);

        await AssertProblemAsync(refused, 400, code, pointer);
    }

    [Fact]
    public async Task A_list_cursor_is_valid_only_for_its_customer_and_month()
    {
        using var customer = cloud.NewCustomer();
        using var stranger = cloud.NewCustomer();
        for (var i = 0; i < 2; i++)
        {
            (await PlaceAsync(customer, Mug, $"k{i}")).Dispose();
        }

        var cursor = (await customer.GetFromJsonAsync<JsonElement>("api/orders?limit=1", Ct)).GetProperty("nextCursor").GetString()!;
        var tampered = (cursor[0] == 'A' ? 'B' : 'A') + cursor[1..];

        using var strangers = await stranger.GetAsync($"api/orders?cursor={cursor}", Ct);
        using var otherMonth = await customer.GetAsync($"api/orders?cursor={cursor}&month=2020-02", Ct);
        using var changed = await customer.GetAsync($"api/orders?cursor={tampered}", Ct);

        await AssertProblemAsync(strangers, 400, "cursor-invalid", "cursor");
        await AssertProblemAsync(otherMonth, 400, "cursor-invalid", "cursor");
        await AssertProblemAsync(changed, 400, "cursor-invalid", "cursor");
    }

    [Fact]
    public async Task An_invalid_consistency_token_is_rejected()
    {
        using var customer = cloud.NewCustomer();
        using var stranger = cloud.NewCustomer();
        using var placed = await PlaceAsync(customer, Mug, "k1");
        using var strangers = await PlaceAsync(stranger, Mug, "k1");
        var path = placed.Headers.Location!.OriginalString;
        var token = placed.Headers.GetValues("Consistency-Token").Single();
        var bad = (string[])[
            "x", "", (token[0] == 'A' ? 'B' : 'A') + token[1..], token + "A", strangers.Headers.GetValues("Consistency-Token").Single()];

        using var read = await GetAsync(customer, path, request => request.Headers.Add("Consistency-Token", token));
        using var listed = await GetAsync(customer, "api/orders", request => request.Headers.Add("Consistency-Token", token));
        using var otherMonth = await GetAsync(customer, "api/orders?month=2020-02", request => request.Headers.Add("Consistency-Token", token));

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        await AssertProblemAsync(otherMonth, 400, "consistency-token-invalid", "Consistency-Token");
        foreach (var text in bad)
        {
            using var refused = await GetAsync(customer, path, request => request.Headers.TryAddWithoutValidation("Consistency-Token", text));

            await AssertProblemAsync(refused, 400, "consistency-token-invalid", "Consistency-Token");
        }
    }

    [Fact]
    public async Task Each_order_operation_requires_its_scope()
    {
        using var nobody = cloud.Anyone();
        using var reader = cloud.ClientOf("c1", "orders.read");
        using var writer = cloud.ClientOf("c1", "orders.write");

        using var anonymous = await nobody.GetAsync("api/orders", Ct);
        using var placedByReader = await PlaceAsync(reader, Mug, "k1");
        using var changedByReader = await ChangeAsync(reader, "x", "\"1\"", "paid");
        using var readByWriter = await writer.GetAsync("api/orders/x", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, placedByReader.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, changedByReader.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, readByWriter.StatusCode);
    }

    private static async Task<HttpResponseMessage> PlaceAsync(HttpClient customer, string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return await customer.SendAsync(request, Ct);
    }

    private static Task<HttpResponseMessage> ChangeAsync(HttpClient customer, string id, string? ifMatch, string status) =>
        SendChangeAsync(customer, id, ifMatch, $$"""{"status":"{{status}}"}""");

    private static async Task<HttpResponseMessage> SendChangeAsync(HttpClient customer, string id, string? ifMatch, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"api/orders/{id}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await customer.SendAsync(request, Ct);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient customer, string path, Action<HttpRequestMessage> configure)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        configure(request);
        return await customer.SendAsync(request, Ct);
    }

    private static async Task<JsonElement[]> ListAsync(HttpClient customer, string query = "") =>
        [.. (await customer.GetFromJsonAsync<JsonElement>($"api/orders{query}", Ct)).GetProperty("orders").EnumerateArray()];

    private static async Task<string> IdOf(HttpResponseMessage response) =>
        (await OrderCloud.BodyOf(response)).GetProperty("id").GetString()!;

    private static IEnumerable<string?> IdsOf(JsonElement page) =>
        page.GetProperty("orders").EnumerateArray().Select(order => order.GetProperty("id").GetString());
}
