using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Tests the HTTP contract for carts (docs/api.md) with two instances. The tests run on each cart store.</summary>
public abstract class CartHttpContract(CartCloud cloud)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_cart_line_starts_a_session_with_a_secure_cookie()
    {
        using var shopper = cloud.NewShopper();

        using var response = await shopper.PutAsync("mug-1", quantity: 2);

        var cookie = Shopper.CookieOf(response)!;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("sid", cookie.Name.ToString());
        Assert.True(cookie is { HttpOnly: true, Secure: true, SameSite: Microsoft.Net.Http.Headers.SameSiteMode.Lax });
        Assert.Equal(("/", "", null, null), (cookie.Path.ToString(), cookie.Domain.ToString(), cookie.MaxAge, cookie.Expires));
        Assert.True(SessionId.TryParse(cookie.Value.ToString(), out _));
        Assert.True(response.Headers.CacheControl is { NoStore: true, Private: true });
        var cart = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("""{"currency":"EUR","total":2500,"lines":[{"sku":"mug-1","quantity":2,"unitPrice":1250}]}""", cart.GetRawText());
        Assert.Equal(cart.GetRawText(), (await shopper.CartAsync()).GetRawText());
        using var second = await shopper.PutAsync("tea");
        Assert.Null(Shopper.CookieOf(second));
    }

    [Fact]
    public async Task Requests_that_do_not_add_a_cart_line_do_not_start_a_session()
    {
        using var shopper = cloud.NewShopper();
        (HttpMethod Method, string Path, string? Body)[] requests =
        [
            (HttpMethod.Get, "api/cart", null),
            (HttpMethod.Head, "api/cart", null),
            (HttpMethod.Delete, "api/cart", null),
            (HttpMethod.Put, "api/cart/lines/mug", """{"quantity":0}"""),
            (HttpMethod.Put, "api/cart/lines/mug", """{"quantity":-1,"unitPrice":1,"currency":"EUR"}"""),
            (HttpMethod.Post, "api/cart/checkout", null),
        ];
        foreach (var (method, path, body) in requests)
        {
            using var response = await shopper.SendAsync(method, path, body, key: "k1");

            Assert.True((int)response.StatusCode < 500, $"{method} {path}: {response.StatusCode}");
            Assert.Null(Shopper.CookieOf(response));
            Assert.True(response.Headers.CacheControl?.NoStore);
        }

        Assert.Equal("""{"total":0,"lines":[]}""", (await shopper.CartAsync()).GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+")]
    [InlineData("..%2F..%2Fcarts")]
    [InlineData("%00")]
    [InlineData("\"quoted\"")]
    [InlineData("*")]
    [InlineData("AAAA; sid=BBBB")]
    public async Task A_session_id_chosen_by_the_client_is_ignored(string chosen)
    {
        using var attacker = cloud.NewShopper();
        attacker.Sid = chosen;
        using var victim = cloud.NewShopper();
        victim.Sid = chosen;

        Assert.Empty(await victim.LinesAsync());
        using var response = await victim.PutAsync("mug-1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEqual(chosen, Shopper.CookieOf(response)!.Value.ToString());
        Assert.Equal(["mug-1*1"], await victim.LinesAsync());
        Assert.Empty(await attacker.LinesAsync());
        Assert.False(await cloud.KnowsAsync(chosen));
    }

    [Fact]
    public async Task Session_cookies_that_are_too_long_or_repeated_are_ignored()
    {
        using var client = cloud.Anyone();
        foreach (var cookie in (string[])[$"sid={new string('A', 20_000)}", string.Join("; ", Enumerable.Range(0, 500).Select(i => $"sid={i}"))])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/cart");
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            using var response = await client.SendAsync(request, Ct);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("""{"total":0,"lines":[]}""", await response.Content.ReadAsStringAsync(Ct));
        }
    }

    [Fact]
    public async Task The_cart_store_contains_session_ids_only_as_hashes()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync();
        var before = shopper.Sid!;
        using var response = await shopper.CheckOutAsync();
        await shopper.FillAsync();

        var dump = await cloud.DumpAsync();

        foreach (var sid in (string[])[before, shopper.Sid!])
        {
            Assert.True(await cloud.KnowsAsync(sid));
            Assert.DoesNotContain(sid, dump, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cart_lines_can_be_set_replaced_and_removed()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync("b", 1);
        await shopper.FillAsync("a", 2);
        await shopper.FillAsync("c.d_e-F", 3);
        await shopper.FillAsync("b", 5);
        Assert.Equal(["b*5", "a*2", "c.d_e-F*3"], await shopper.LinesAsync());
        Assert.Equal((5 + 2 + 3) * 1250, (await shopper.CartAsync()).GetProperty("total").GetInt64());

        using var removed = await shopper.SendAsync(HttpMethod.Put, "api/cart/lines/a", """{"quantity":0}""");
        using var absent = await shopper.SendAsync(HttpMethod.Put, "api/cart/lines/nothing", """{"quantity":0}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (removed.StatusCode, absent.StatusCode));
        Assert.Equal(["b*5", "c.d_e-F*3"], await shopper.LinesAsync());
        (await shopper.PutAsync("b", 0)).Dispose();
        (await shopper.PutAsync("c.d_e-F", 0)).Dispose();
        Assert.Equal("""{"total":0,"lines":[]}""", (await shopper.CartAsync()).GetRawText());
        // An empty cart has no currency, so the next line may have a different currency.
        using var yen = await shopper.PutAsync(KnownProducts.Yen);
        Assert.Equal(HttpStatusCode.OK, yen.StatusCode);
    }

    [Fact]
    public async Task Every_instance_sees_the_same_cart()
    {
        using var shopper = cloud.NewShopper();
        for (var i = 0; i < 10; i++)
        {
            using var response = await shopper.PutAsync($"sku-{i}", instance: i % 2);
            response.EnsureSuccessStatusCode();

            Assert.Equal(i + 1, (await shopper.LinesAsync(instance: (i + 1) % 2)).Length);
        }
    }

    [Fact]
    public async Task Fifty_parallel_changes_to_a_cart_are_all_stored()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync("first", 1);

        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var response = await shopper.PutAsync($"sku-{i:D2}", quantity: i + 1, instance: i % 2);
            return response.StatusCode;
        }));

        Assert.All(responses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(
            ["first*1", .. Enumerable.Range(0, 50).Select(i => $"sku-{i:D2}*{i + 1}")], (await shopper.LinesAsync()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("mug", "", 400, "empty-body", null)]
    [InlineData("mug", "{", 400, "malformed-json", null)]
    [InlineData("mug", """{"quantity":1,"quantity":2,"unitPrice":1,"currency":"EUR"}""", 422, "invalid-body", "/quantity")]
    [InlineData("mug", "[]", 422, "invalid-body", "")]
    [InlineData("mug", "{}", 422, "invalid-body", "/quantity")]
    [InlineData("mug", """{"quantity":1,"unitPrice":1}""", 409, "price-changed", "/unitPrice")]
    [InlineData("unknown", """{"quantity":1}""", 422, "sku-unknown", "sku")]
    [InlineData("retired", """{"quantity":1}""", 422, "sku-inactive", "sku")]
    [InlineData("yen", """{"quantity":1}""", 422, "currency-mismatch", "sku")]
    [InlineData("mug", """{"quantity":"1","unitPrice":1,"currency":"EUR"}""", 422, "invalid-body", "/quantity")]
    [InlineData("mug", """{"quantity":1,"unitPrice":1.5,"currency":"EUR"}""", 422, "invalid-body", "/unitPrice")]
    [InlineData("mug", """{"quantity":1,"unitPrice":1,"currency":"EUR","total":1}""", 422, "invalid-body", "/total")]
    [InlineData("mug", """{"quantity":99999999999999999999,"unitPrice":1,"currency":"EUR"}""", 422, "invalid-body", "/quantity")]
    [InlineData("mug", """{"quantity":-1,"unitPrice":1,"currency":"EUR"}""", 422, "order-limit", "/quantity")]
    [InlineData("mug", """{"quantity":1000001,"unitPrice":1,"currency":"EUR"}""", 422, "order-limit", "/quantity")]
    [InlineData("mug", """{"quantity":1,"unitPrice":-1,"currency":"EUR"}""", 422, "order-limit", "/unitPrice")]
    [InlineData("mug", """{"quantity":1,"unitPrice":1000000000001,"currency":"EUR"}""", 422, "order-limit", "/unitPrice")]
    [InlineData("gold", """{"quantity":1000000}""", 422, "total-overflow", null)]
    [InlineData("mug", """{"quantity":1,"unitPrice":1,"currency":"eur"}""", 422, "currency-unknown", "/currency")]
    [InlineData("mug", """{"quantity":1,"unitPrice":1,"currency":"USD"}""", 422, "currency-mismatch", "/currency")]
    [InlineData("a%20b", """{"quantity":1,"unitPrice":1,"currency":"EUR"}""", 422, "sku-invalid", "sku")]
    [InlineData("a%2Fb", """{"quantity":1,"unitPrice":1,"currency":"EUR"}""", 422, "sku-invalid", "sku")]
    [InlineData("%01", """{"quantity":0}""", 422, "sku-invalid", "sku")]
    [InlineData("a%C3%A9", """{"quantity":1,"unitPrice":1,"currency":"EUR"}""", 422, "sku-invalid", "sku")]
    [InlineData("sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss", """{"quantity":0}""", 422, "order-limit", "sku")]
    public async Task An_invalid_cart_line_is_rejected_and_does_not_change_the_cart(
        string sku, string body, int status, string code, string? pointer)
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync("tea", 1);

        using var refused = await shopper.SendAsync(HttpMethod.Put, $"api/cart/lines/{sku}", body);

        await AssertProblemAsync(refused, status, code, pointer);
        Assert.Equal(["tea*1"], await shopper.LinesAsync());
    }

    [Fact]
    public async Task An_oversized_or_malformed_cart_request_body_is_rejected()
    {
        using var shopper = cloud.NewShopper();

        using var large = await shopper.SendAsync(HttpMethod.Put, "api/cart/lines/mug", $$"""{"currency":"{{new string('E', 1_000_000)}}"}""");
        using var client = cloud.Anyone();
        using var form = await client.PutAsync("api/cart/lines/mug", new FormUrlEncodedContent([new("quantity", "1")]), Ct);

        await AssertProblemAsync(large, 413, "body-too-large");
        await AssertProblemAsync(form, 415, "unsupported-media-type");
    }

    [Theory]
    [InlineData("PUT", "api/cart/lines/m")]
    [InlineData("POST", "api/orders")]
    [InlineData("PATCH", "api/orders/x")]
    [InlineData("POST", "api/uploads")]
    [InlineData("POST", "api/webhooks/endpoints")]
    [InlineData("PATCH", "api/webhooks/endpoints/x")]
    [InlineData("POST", "api/webhooks/endpoints/x/recover")]
    public async Task A_member_name_in_invalid_UTF8_gets_400_from_every_operation(string method, string path)
    {
        using var client = cloud.Anyone();
        using var request = new HttpRequestMessage(new(method), path) { Content = new ByteArrayContent([.. "{\""u8, 0xff, .. "\":1}"u8]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", cloud.TokenOf(CartCloud.NewCustomer()));
        request.Headers.Add("Idempotency-Key", "k1");
        request.Headers.Add("If-Match", "\"1\"");

        using var refused = await client.SendAsync(request, Ct);

        await AssertProblemAsync(refused, 400, "malformed-json");
    }

    [Fact]
    public async Task A_full_cart_rejects_new_lines_but_accepts_changed_lines()
    {
        using var shopper = cloud.NewShopper();
        for (var i = 0; i < 100; i++)
        {
            await shopper.FillAsync($"sku-{i:D3}", 1);
        }

        using var refused = await shopper.PutAsync("one-more");
        using var changed = await shopper.PutAsync("sku-099", quantity: 7);

        var problem = await AssertProblemAsync(refused, 422, "cart-full");
        Assert.Equal(100, problem.GetProperty("limit").GetInt32());
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(106 * 1250, (await shopper.CartAsync()).GetProperty("total").GetInt64());
        using var placed = await shopper.CheckOutAsync();
        Assert.Equal(106 * 1250, (await placed.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task All_lines_of_a_cart_must_have_one_currency()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync(KnownProducts.Yen, 1);

        using var changed = await shopper.PutAsync(KnownProducts.Yen, 2);
        using var other = await shopper.PutAsync("tea");

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var problem = await AssertProblemAsync(other, 422, "currency-mismatch", "sku");
        Assert.Equal("JPY", problem.GetProperty("currency").GetString());
        Assert.Equal("JPY", (await shopper.CartAsync()).GetProperty("currency").GetString());
    }

    [Fact]
    public async Task Deleting_a_cart_ends_its_session()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync();
        var sid = shopper.Sid!;

        using var deleted = await shopper.SendAsync(HttpMethod.Delete, "api/cart", body: null);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var cookie = Shopper.CookieOf(deleted)!;
        Assert.Equal(("", DateTimeOffset.UnixEpoch), (cookie.Value.ToString(), cookie.Expires));
        Assert.True(cookie is { HttpOnly: true, Secure: true });
        shopper.Sid = sid;
        Assert.Empty(await shopper.LinesAsync());
        using var again = await shopper.PutAsync("tea");
        Assert.NotEqual(sid, shopper.Sid);
        Assert.Equal(["tea*1"], await shopper.LinesAsync());
    }

    [Fact]
    public async Task A_checkout_places_an_order_and_starts_a_new_session()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync("mug-1", 2);
        await shopper.FillAsync("tea", 1);
        var before = shopper.Sid!;

        using var response = await shopper.CheckOutAsync();

        var order = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/orders/{order.GetProperty("id").GetString()}", response.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        Assert.Single(response.Headers.GetValues("Consistency-Token"));
        Assert.False(response.Headers.Contains("Idempotency-Replayed"));
        Assert.True(response.Headers.CacheControl is { NoStore: true, Private: true });
        Assert.Equal(("placed", 3 * 1250, 2), (order.GetProperty("status").GetString(), order.GetProperty("total").GetInt64(), order.GetProperty("lines").GetArrayLength()));
        Assert.Equal(order.GetProperty("id").GetString(), Assert.Single(await shopper.OrdersAsync()).GetProperty("id").GetString());
        Assert.NotEqual(before, shopper.Sid);
        Assert.Empty(await shopper.LinesAsync());

        // The old session id does not give access to the new cart.
        var after = shopper.Sid;
        await shopper.FillAsync("cup", 1);
        using var old = cloud.NewShopper();
        old.Sid = before;
        Assert.Empty(await old.LinesAsync());
        using var put = await old.PutAsync("bait");
        Assert.NotEqual(before, old.Sid);
        Assert.NotEqual(after, old.Sid);
        Assert.Equal(["cup*1"], await shopper.LinesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Repeating_a_checkout_returns_the_same_order(bool withNewCookie)
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync();
        var before = shopper.Sid;
        using var first = await shopper.CheckOutAsync();
        shopper.Sid = withNewCookie ? shopper.Sid : before;

        using var again = await shopper.CheckOutAsync(instance: 1);

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await again.Content.ReadAsStringAsync(Ct));
        Assert.NotEqual(before, shopper.Sid);
        await shopper.FillAsync("next");
        Assert.Equal(["next*2"], await shopper.LinesAsync());
        Assert.Single(await shopper.OrdersAsync());
    }

    [Fact]
    public async Task A_checked_out_cart_cannot_be_ordered_again()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync();
        var before = shopper.Sid;
        using var first = await shopper.CheckOutAsync("k1");
        shopper.Sid = before;
        using var stranger = cloud.NewShopper();
        stranger.Sid = before;

        using var otherKey = await shopper.CheckOutAsync("k2");
        using var otherCustomer = await stranger.CheckOutAsync("k1");

        var problem = await AssertProblemAsync(otherKey, 409, "cart-checked-out");
        Assert.Equal(
            (await first.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString(), problem.GetProperty("orderId").GetString());
        Assert.False((await AssertProblemAsync(otherCustomer, 409, "cart-checked-out")).TryGetProperty("orderId", out _));
        Assert.Single(await shopper.OrdersAsync());
        Assert.Empty(await stranger.OrdersAsync());
    }

    [Fact]
    public async Task The_order_belongs_to_the_customer_who_checks_out()
    {
        using var filler = cloud.NewShopper();
        await filler.FillAsync();
        using var buyer = cloud.NewShopper();
        buyer.Sid = filler.Sid;
        await buyer.FillAsync("tea");

        using var response = await buyer.CheckOutAsync();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(2, Assert.Single(await buyer.OrdersAsync()).GetProperty("lines").GetArrayLength());
        Assert.Empty(await filler.OrdersAsync());
        Assert.Empty(await filler.LinesAsync());
    }

    [Fact]
    public async Task An_idempotency_key_cannot_be_reused_for_a_second_cart()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync();
        (await shopper.CheckOutAsync("k1")).EnsureSuccessStatusCode().Dispose();
        await shopper.FillAsync("tea");

        using var reused = await shopper.CheckOutAsync("k1");
        using var fresh = await shopper.CheckOutAsync("k2");

        await AssertProblemAsync(reused, 422, "idempotency-key-reused", "Idempotency-Key");
        Assert.Equal(HttpStatusCode.Created, fresh.StatusCode);
        Assert.Equal(2, (await shopper.OrdersAsync()).Length);
    }

    [Fact]
    public async Task Two_customers_can_use_the_same_idempotency_key()
    {
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync();
        (await shopper.CheckOutAsync("k1")).EnsureSuccessStatusCode().Dispose();
        using var other = cloud.NewShopper();
        await other.FillAsync();

        using var placed = await other.CheckOutAsync("k1");

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.False(placed.Headers.Contains("Idempotency-Replayed"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Parallel_checkouts_of_a_cart_place_one_order(bool sameKey)
    {
        for (var round = 0; round < 5; round++)
        {
            using var shopper = cloud.NewShopper();
            await shopper.FillAsync();

            var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
            {
                using var response = await shopper.CheckOutAsync(sameKey ? "same" : $"key-{i}", instance: i % 2);
                return (response.StatusCode, Body: await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
            }));

            var order = Assert.Single(await shopper.OrdersAsync()).GetProperty("id").GetString();
            var placed = responses.Where(response => response.StatusCode == HttpStatusCode.Created).ToArray();
            Assert.Equal(sameKey ? 10 : 1, placed.Length);
            Assert.All(placed, response => Assert.Equal(order, response.Body.GetProperty("id").GetString()));
            Assert.All(responses.Except(placed), response => Assert.Equal(
                (HttpStatusCode.Conflict, order), (response.StatusCode, response.Body.GetProperty("orderId").GetString())));
        }
    }

    [Fact]
    public async Task A_line_added_during_checkout_is_not_lost()
    {
        for (var round = 0; round < 5; round++)
        {
            using var shopper = cloud.NewShopper();
            await shopper.FillAsync("first", 1);
            var sid = shopper.Sid;
            using var adder = cloud.NewShopper();
            adder.Sid = sid;

            var checkout = shopper.CheckOutAsync();
            var added = adder.PutAsync("late", instance: 1);
            using var ordered = await checkout;
            using var put = await added;

            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (ordered.StatusCode, put.StatusCode));
            var lines = (await ordered.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("lines").GetArrayLength();
            // If the order contains the line, the session is unchanged. Otherwise, adding the line started a new session.
            Assert.Equal(lines == 2, adder.Sid == sid);
            Assert.Equal(lines == 2 ? [] : ["late*1"], await adder.LinesAsync());
            Assert.Single(await shopper.OrdersAsync());
        }
    }

    [Fact]
    public async Task A_cart_shows_current_prices_and_an_order_keeps_its_prices()
    {
        var sku = TestProducts.NewSku();
        using var merchant = cloud.Anyone();
        merchant.DefaultRequestHeaders.Authorization = new("Bearer", cloud.TokenOf("merchant"));
        var etag = await SetPriceAsync(merchant, sku, 100, etag: null);
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync(sku, 3);
        etag = await SetPriceAsync(merchant, sku, 70, etag);

        var shown = await shopper.CartAsync();
        using var placed = await shopper.CheckOutAsync();
        var order = await placed.Content.ReadFromJsonAsync<JsonElement>(Ct);
        await SetPriceAsync(merchant, sku, 50, etag);
        using var again = await shopper.CheckOutAsync(instance: 1);

        Assert.Equal((210, 70), (shown.GetProperty("total").GetInt64(), shown.GetProperty("lines")[0].GetProperty("unitPrice").GetInt64()));
        Assert.Equal((210, 70), (order.GetProperty("total").GetInt64(), order.GetProperty("lines")[0].GetProperty("unitPrice").GetInt64()));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(order.GetRawText(), (await again.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetRawText());
    }

    [Fact]
    public async Task A_vanished_product_is_shown_blocks_the_checkout_and_can_be_removed()
    {
        var sku = TestProducts.NewSku();
        using var merchant = cloud.Anyone();
        merchant.DefaultRequestHeaders.Authorization = new("Bearer", cloud.TokenOf("merchant"));
        var etag = await SetPriceAsync(merchant, sku, 100, etag: null);
        using var shopper = cloud.NewShopper();
        await shopper.FillAsync("mug", 1);
        await shopper.FillAsync(sku, 1);
        using var deletion = new HttpRequestMessage(HttpMethod.Delete, $"api/products/{sku}");
        deletion.Headers.TryAddWithoutValidation("If-Match", etag);
        (await merchant.SendAsync(deletion, Ct)).EnsureSuccessStatusCode().Dispose();

        var shown = await shopper.CartAsync();
        using var refused = await shopper.CheckOutAsync();
        using var removed = await shopper.PutAsync(sku, 0);
        using var placed = await shopper.CheckOutAsync();

        Assert.Equal(
            $$"""{"currency":"EUR","total":1250,"lines":[{"sku":"mug","quantity":1,"unitPrice":1250},{"sku":"{{sku}}","quantity":1,"unavailable":"sku-unknown"}]}""",
            shown.GetRawText());
        await AssertProblemAsync(refused, 422, "sku-unknown", "/lines/1/sku");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (removed.StatusCode, placed.StatusCode));
        Assert.Single(await shopper.OrdersAsync());
    }

    [Fact]
    public async Task A_checkout_requires_cart_lines_an_idempotency_key_and_a_scope()
    {
        using var shopper = cloud.NewShopper();
        using var without = await shopper.CheckOutAsync();
        await shopper.FillAsync();
        (await shopper.PutAsync("mug-1", 0)).Dispose();
        using var emptied = await shopper.CheckOutAsync();
        await shopper.FillAsync();

        using var keyless = await shopper.CheckOutAsync(key: null);
        using var badKey = await shopper.CheckOutAsync(key: new string('k', 256));
        using var unscoped = cloud.ShopperOf(CartCloud.NewCustomer(), "orders.write");
        unscoped.Sid = shopper.Sid;
        using var forbidden = await unscoped.CheckOutAsync();
        using var client = cloud.Anyone();
        client.DefaultRequestHeaders.Add("Cookie", $"sid={shopper.Sid}");
        using var anonymous = await client.PostAsync("api/cart/checkout", null, Ct);

        await AssertProblemAsync(without, 409, "cart-empty");
        await AssertProblemAsync(emptied, 409, "cart-empty");
        await AssertProblemAsync(keyless, 400, "idempotency-key-missing", "Idempotency-Key");
        await AssertProblemAsync(badKey, 400, "idempotency-key-invalid", "Idempotency-Key");
        await AssertProblemAsync(forbidden, 403, "scope-missing");
        await AssertProblemAsync(anonymous, 401, "token-missing");
        Assert.Equal(["mug-1*2"], await shopper.LinesAsync());
        using var scoped = cloud.ShopperOf(CartCloud.NewCustomer(), "cart");
        scoped.Sid = shopper.Sid;
        using var placed = await scoped.CheckOutAsync();
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
    }

    /// <summary>Asserts that the response contains the expected problem and sets no session cookie.</summary>
    private static Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, int status, string code, string? pointer = null)
    {
        Assert.Null(Shopper.CookieOf(response));
        return ProblemAssertions.AssertProblemAsync(response, status, code, pointer);
    }

    /// <summary>Sets the price of a product, which is created if <paramref name="etag"/> is null.</summary>
    /// <returns>The new entity tag.</returns>
    private static async Task<string> SetPriceAsync(HttpClient merchant, string sku, long price, string? etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/products/{sku}")
        {
            Content = JsonContent.Create(new { name = sku, description = "", price, currency = "EUR", active = true }),
        };
        request.Headers.TryAddWithoutValidation(etag is null ? "If-None-Match" : "If-Match", etag ?? "*");
        using var response = await merchant.SendAsync(request, Ct);
        response.EnsureSuccessStatusCode();
        return response.Headers.ETag!.ToString();
    }
}
