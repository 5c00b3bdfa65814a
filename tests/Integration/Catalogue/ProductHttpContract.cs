using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ServerlessScale.Tests.Integration.Orders;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Catalogue;

/// <summary>Tests the HTTP contract for the catalogue (docs/api.md) on each store.</summary>
public abstract class ProductHttpContract(OrderCloud cloud)
{
    private const string Mug = """{"name":"Mug","description":"Blue","price":1250,"currency":"EUR","active":true}""";
    private const string Create = "*";

    private readonly string _sku = TestProducts.NewSku();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_created_product_can_be_read_without_a_token()
    {
        using var created = await PutAsync(_sku, Mug.Replace("true", "true,\"imageId\":\"01234567890123456789abcdef\"", StringComparison.Ordinal), Create);
        using var anyone = cloud.Anyone();
        using var read = await anyone.GetAsync($"api/products/{_sku}", Ct);
        using var head = await anyone.SendAsync(new(HttpMethod.Head, $"api/products/{_sku}"), Ct);

        var product = await read.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal($"/api/products/{_sku}", created.Headers.Location?.OriginalString);
        Assert.True(created.Headers.CacheControl?.NoStore);
        Assert.Equal(await created.Content.ReadAsStringAsync(Ct), await read.Content.ReadAsStringAsync(Ct));
        Assert.Equal(created.Headers.ETag, read.Headers.ETag);
        Assert.Equal(["sku", "name", "description", "price", "currency", "imageId", "active", "updatedAt"], product.EnumerateObject().Select(member => member.Name));
        Assert.Equal((_sku, 1250), (product.GetProperty("sku").GetString(), product.GetProperty("price").GetInt64()));
        Assert.Equal("public, max-age=0, s-maxage=60", string.Join(", ", read.Headers.GetValues("Cache-Control")));
        Assert.Equal((HttpStatusCode.OK, read.Headers.ETag, 0), (head.StatusCode, head.Headers.ETag, (await head.Content.ReadAsByteArrayAsync(Ct)).Length));
    }

    [Fact]
    public async Task Reading_a_product_with_its_current_ETag_gets_304()
    {
        var etag = await CreateAsync(_sku);

        using var same = await GetAsync($"api/products/{_sku}", request => request.Headers.IfNoneMatch.Add(etag));
        using var other = await GetAsync($"api/products/{_sku}", request => request.Headers.IfNoneMatch.Add(new("\"1\"")));
        using var failed = await GetAsync($"api/products/{_sku}", request => request.Headers.IfMatch.Add(new("\"1\"")));

        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(etag, same.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        await AssertProblemAsync(failed, 412, "precondition-failed", "If-Match");
    }

    [Fact]
    public async Task A_change_with_the_current_ETag_gets_a_new_ETag()
    {
        var etag = await CreateAsync(_sku);

        using var changed = await PutAsync(_sku, Mug.Replace("1250", "1000", StringComparison.Ordinal), etag.ToString());
        using var stale = await PutAsync(_sku, Mug, etag.ToString());
        using var read = await GetAsync($"api/products/{_sku}");

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Null(changed.Headers.Location);
        Assert.NotEqual(etag, changed.Headers.ETag);
        await AssertProblemAsync(stale, 412, "product-changed", "If-Match");
        Assert.Equal(1000, (await read.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("price").GetInt64());
    }

    [Fact]
    public async Task A_deleted_product_is_gone_and_its_ETag_stays_invalid()
    {
        var etag = await CreateAsync(_sku);

        using var deleted = await DeleteAsync(_sku, etag.ToString());
        using var gone = await GetAsync($"api/products/{_sku}");
        using var again = await DeleteAsync(_sku, etag.ToString());
        using var revived = await PutAsync(_sku, Mug, etag.ToString());
        var recreated = await CreateAsync(_sku);
        using var stale = await DeleteAsync(_sku, etag.ToString());

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertProblemAsync(gone, 404, "product-not-found", "sku");
        Assert.True(gone.Headers.CacheControl?.NoStore);
        await AssertProblemAsync(again, 404, "product-not-found", "sku");
        await AssertProblemAsync(revived, 412, "product-changed", "If-Match");
        Assert.NotEqual(etag, recreated);
        await AssertProblemAsync(stale, 412, "product-changed", "If-Match");
    }

    [Theory]
    [InlineData(null, null, 428, "if-match-missing", "If-Match")]
    [InlineData("\"x\"", null, 412, "product-changed", "If-Match")]
    [InlineData("W/\"x\"", null, 400, "if-match-invalid", "If-Match")]
    [InlineData("*", null, 400, "if-match-invalid", "If-Match")]
    [InlineData("\"x\", \"y\"", null, 400, "if-match-invalid", "If-Match")]
    [InlineData("x", null, 400, "if-match-invalid", "If-Match")]
    [InlineData(null, "\"x\"", 400, "if-none-match-invalid", "If-None-Match")]
    [InlineData(null, "", 400, "if-none-match-invalid", "If-None-Match")]
    [InlineData("\"x\"", "*", 400, "if-none-match-invalid", "If-None-Match")]
    public async Task A_write_must_name_the_state_on_which_it_is_based(string? ifMatch, string? ifNoneMatch, int status, string code, string pointer)
    {
        await CreateAsync(_sku);

        using var refused = await SendAsync(HttpMethod.Put, _sku, Mug, ifMatch, ifNoneMatch);

        await AssertProblemAsync(refused, status, code, pointer);
    }

    [Fact]
    public async Task A_deletion_without_If_Match_gets_428()
    {
        await CreateAsync(_sku);

        using var refused = await DeleteAsync(_sku, ifMatch: null);

        await AssertProblemAsync(refused, 428, "if-match-missing", "If-Match");
    }

    [Fact]
    public async Task Only_one_of_20_parallel_creations_succeeds_and_the_others_get_412()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async price =>
        {
            using var response = await PutAsync(_sku, Mug.Replace("1250", $"{price}", StringComparison.Ordinal), Create);
            return response.StatusCode;
        }));

        Assert.Single(statuses, HttpStatusCode.Created);
        Assert.Equal(19, statuses.Count(status => status == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task Only_one_of_20_parallel_changes_succeeds_and_the_others_get_412()
    {
        var etag = (await CreateAsync(_sku)).ToString();

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async price =>
        {
            using var response = await PutAsync(_sku, Mug.Replace("1250", $"{price}", StringComparison.Ordinal), etag);
            return (response.StatusCode, Price: price);
        }));

        var winner = Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(19, responses.Count(response => response.StatusCode == HttpStatusCode.PreconditionFailed));
        using var read = await GetAsync($"api/products/{_sku}");
        Assert.Equal(winner.Price, (await read.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("price").GetInt32());
    }

    [Theory]
    [InlineData("", 400, "empty-body", null)]
    [InlineData("{", 400, "malformed-json", null)]
    [InlineData("[]", 422, "invalid-body", "")]
    [InlineData("""{"name":"M","description":"","price":1,"currency":"EUR","active":true,"sku":"x"}""", 422, "invalid-body", "/sku")]
    [InlineData("""{"name":"M","name":"M","description":"","price":1,"currency":"EUR","active":true}""", 422, "invalid-body", "/name")]
    [InlineData("""{"description":"","price":1,"currency":"EUR","active":true}""", 422, "invalid-body", "/name")]
    [InlineData("""{"name":"M","description":"","price":1,"currency":"EUR"}""", 422, "invalid-body", "/active")]
    [InlineData("""{"name":null,"description":"","price":1,"currency":"EUR","active":true}""", 422, "invalid-body", "/name")]
    [InlineData("""{"name":"\ud800","description":"","price":1,"currency":"EUR","active":true}""", 422, "invalid-body", "/name")]
    [InlineData("""{"name":"M","description":"","price":1.5,"currency":"EUR","active":true}""", 422, "invalid-body", "/price")]
    [InlineData("""{"name":"M","description":"","price":"1","currency":"EUR","active":true}""", 422, "invalid-body", "/price")]
    [InlineData("""{"name":"M","description":"","price":99999999999999999999,"currency":"EUR","active":true}""", 422, "invalid-body", "/price")]
    [InlineData("""{"name":"M","description":"","price":1,"currency":"EUR","active":"yes"}""", 422, "invalid-body", "/active")]
    [InlineData("""{"name":"M","description":"","price":-1,"currency":"EUR","active":true}""", 422, "product-limit", "/price")]
    [InlineData("""{"name":"M","description":"","price":1000000000001,"currency":"EUR","active":true}""", 422, "product-limit", "/price")]
    [InlineData("""{"name":"","description":"","price":1,"currency":"EUR","active":true}""", 422, "product-limit", "/name")]
    [InlineData("""{"name":" \u2003","description":"","price":1,"currency":"EUR","active":true}""", 422, "product-limit", "/name")]
    [InlineData("""{"name":"a\u0000b","description":"","price":1,"currency":"EUR","active":true}""", 422, "product-text-invalid", "/name")]
    [InlineData("""{"name":"a\nb","description":"","price":1,"currency":"EUR","active":true}""", 422, "product-text-invalid", "/name")]
    [InlineData("""{"name":"M","description":"\u0007","price":1,"currency":"EUR","active":true}""", 422, "product-text-invalid", "/description")]
    [InlineData("""{"name":"M","description":"","price":1,"currency":"eur","active":true}""", 422, "currency-unknown", "/currency")]
    [InlineData("""{"name":"M","description":"","price":1,"currency":"EUR","active":true,"imageId":"../x"}""", 422, "image-id-invalid", "/imageId")]
    public async Task An_invalid_product_body_is_rejected_and_nothing_is_written(string body, int status, string code, string? pointer)
    {
        using var refused = await PutAsync(_sku, body, Create);

        await AssertProblemAsync(refused, status, code, pointer);
        using var read = await GetAsync($"api/products/{_sku}");
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
    }

    [Theory]
    [InlineData(200, 4_000, 201, null, null)]
    [InlineData(201, 0, 422, "product-limit", "/name")]
    [InlineData(1, 4_001, 422, "product-limit", "/description")]
    [InlineData(1, 10_000, 413, "body-too-large", null)]
    public async Task Texts_up_to_their_limits_are_accepted_even_if_escaped(int name, int description, int status, string? code, string? pointer)
    {
        string Escaped(int length) => string.Concat(Enumerable.Repeat("\\u00e4", length));

        using var response = await PutAsync(
            _sku, $$"""{"name":"{{Escaped(name)}}","description":"{{Escaped(description)}}","price":0,"currency":"EUR","active":false}""", Create);

        if (code is null)
        {
            Assert.Equal(status, (int)response.StatusCode);
        }
        else
        {
            await AssertProblemAsync(response, status, code, pointer);
        }
    }

    [Fact]
    public async Task A_product_body_of_another_media_type_gets_415()
    {
        using var client = cloud.ClientOf("merchant", "catalogue.write");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/products/{_sku}") { Content = new StringContent(Mug, Encoding.UTF8, "text/plain") };
        request.Headers.Add("If-None-Match", "*");

        using var refused = await client.SendAsync(request, Ct);

        await AssertProblemAsync(refused, 415, "unsupported-media-type", "Content-Type");
    }

    [Theory]
    [InlineData("orders.write")]
    [InlineData("cart")]
    public async Task A_write_without_the_catalogue_scope_is_rejected(string scope)
    {
        using var client = cloud.ClientOf("customer", scope);
        using var anyone = cloud.Anyone();

        using var refused = await client.PutAsync($"api/products/{_sku}", new StringContent(Mug, Encoding.UTF8, "application/json"), Ct);
        using var unknown = await anyone.DeleteAsync($"api/products/{_sku}", Ct);

        await AssertProblemAsync(refused, 403, "scope-missing");
        await AssertProblemAsync(unknown, 401, "token-missing");
    }

    // The edge and the Functions host decode a path once, so that %252F reaches the app as %2F.
    [Theory]
    [InlineData("a%20b", "sku-invalid")]
    [InlineData("a%2Fb", "sku-invalid")]
    [InlineData("a%252Fb", "sku-invalid")]
    [InlineData("%C3%A4", "sku-invalid")]
    [InlineData("%FF", "sku-invalid")]
    [InlineData("a%00b", "sku-invalid")]
    [InlineData("a'b", "sku-invalid")]
    [InlineData("a%5Cb", "sku-invalid")]
    [InlineData("a%3Fb", "sku-invalid")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "product-limit")]
    public async Task An_invalid_sku_in_the_path_is_rejected(string sku, string code)
    {
        using var put = await PutAsync(sku, Mug, Create);
        using var read = await GetAsync($"api/products/{sku}");
        using var deleted = await DeleteAsync(sku, "\"x\"");

        // Servers reject some encodings before the app sees them.
        Assert.InRange((int)put.StatusCode, 400, 499);
        if (put.StatusCode == HttpStatusCode.UnprocessableEntity)
        {
            await AssertProblemAsync(put, 422, code, "sku");
        }

        Assert.InRange((int)read.StatusCode, 400, 499);
        Assert.InRange((int)deleted.StatusCode, 400, 499);
    }

    [Fact]
    public async Task Products_are_listed_in_pages_that_link_to_the_next_page()
    {
        for (var number = 0; number < 3; number++)
        {
            await CreateAsync($"{_sku}.{number}");
        }

        var listed = new List<string>();
        var next = "api/products?limit=2";
        while (next is not null)
        {
            using var page = await GetAsync(next);
            var body = await page.Content.ReadFromJsonAsync<JsonElement>(Ct);
            var skus = body.GetProperty("products").EnumerateArray().Select(product => product.GetProperty("sku").GetString()!).ToArray();
            Assert.InRange(skus.Length, 1, 2);
            Assert.Equal("public, max-age=0, s-maxage=60", string.Join(", ", page.Headers.GetValues("Cache-Control")));
            using var same = await GetAsync(next, request => request.Headers.IfNoneMatch.Add(page.Headers.ETag!));
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
            using var failed = await GetAsync(next, request => request.Headers.IfMatch.Add(new("\"1\"")));
            await AssertProblemAsync(failed, 412, "precondition-failed", "If-Match");
            Assert.False(failed.Headers.Contains("Link"));
            listed.AddRange(skus);
            next = page.Headers.TryGetValues("Link", out var links) ? Target(Assert.Single(links)) : null;
            Assert.Equal(next is not null, body.TryGetProperty("nextCursor", out var cursor));
            Assert.EndsWith(cursor.ValueKind == JsonValueKind.String ? cursor.GetString()! : "", next ?? "", StringComparison.Ordinal);
        }

        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
        Assert.Equal(
            [$"{_sku}.0", $"{_sku}.1", $"{_sku}.2"], listed.Where(sku => sku.StartsWith(_sku, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("limit=0", "limit-invalid", "limit")]
    [InlineData("limit=101", "limit-invalid", "limit")]
    [InlineData("limit=-1", "limit-invalid", "limit")]
    [InlineData("limit=ten", "limit-invalid", "limit")]
    [InlineData("limit=", "limit-invalid", "limit")]
    [InlineData("limit=1&limit=1", "limit-invalid", "limit")]
    [InlineData("limit=99999999999", "limit-invalid", "limit")]
    [InlineData("cursor=x", "cursor-invalid", "cursor")]
    [InlineData("cursor=", "cursor-invalid", "cursor")]
    [InlineData("cursor=e30.e30", "cursor-invalid", "cursor")]
    [InlineData("cursor=%00", "cursor-invalid", "cursor")]
    public async Task A_product_listing_with_an_invalid_parameter_is_rejected(string query, string code, string pointer)
    {
        using var refused = await GetAsync($"api/products?{query}");

        await AssertProblemAsync(refused, 400, code, pointer);
    }

    [Fact]
    public async Task Forged_cursors_and_cursors_of_order_listings_are_rejected()
    {
        await CreateAsync(_sku);
        await CreateAsync(_sku + "b");
        using var page = await GetAsync("api/products?limit=1");
        var cursor = (await page.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("nextCursor").GetString()!;
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"last":"no-product-has-this-sku"}""")).TrimEnd('=');
        using var customer = cloud.NewCustomer();

        foreach (var forged in (string[])[(cursor[0] == 'A' ? 'B' : 'A') + cursor[1..], cursor + "A", $"{token}.{cursor.Split('.')[1]}"])
        {
            using var refused = await GetAsync($"api/products?cursor={forged}");
            await AssertProblemAsync(refused, 400, "cursor-invalid", "cursor");
        }

        using var foreign = await customer.GetAsync($"api/orders?cursor={cursor}", Ct);
        await AssertProblemAsync(foreign, 400, "cursor-invalid", "cursor");
    }

    private static string Target(string link)
    {
        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        return link[2..link.IndexOf('>', StringComparison.Ordinal)];
    }

    private async Task<EntityTagHeaderValue> CreateAsync(string sku)
    {
        using var created = await PutAsync(sku, Mug, Create);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        return created.Headers.ETag!;
    }

    private Task<HttpResponseMessage> PutAsync(string sku, string body, string condition) =>
        SendAsync(HttpMethod.Put, sku, body, condition == Create ? null : condition, condition == Create ? Create : null);

    private Task<HttpResponseMessage> DeleteAsync(string sku, string? ifMatch) => SendAsync(HttpMethod.Delete, sku, body: null, ifMatch, ifNoneMatch: null);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string sku, string? body, string? ifMatch, string? ifNoneMatch)
    {
        using var client = cloud.ClientOf("merchant", "catalogue.write");
        using var request = new HttpRequestMessage(method, $"api/products/{sku}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await client.SendAsync(request, Ct);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? change = null)
    {
        using var client = cloud.Anyone();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        change?.Invoke(request);
        return await client.SendAsync(request, Ct);
    }
}

public sealed class ProductHttpOnTablesTests(OrderCloudOnTables cloud) : ProductHttpContract(cloud), IClassFixture<OrderCloudOnTables>;

public sealed class ProductHttpOnCosmosTests(OrderCloudOnCosmos cloud) : ProductHttpContract(cloud), IClassFixture<OrderCloudOnCosmos>;
