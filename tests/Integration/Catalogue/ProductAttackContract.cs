using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ServerlessScale.Tests.Integration.Orders;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Catalogue;

/// <summary>Sends malformed bytes, foreign cursors and concurrent writes to the catalogue on each store. No request may cause a 5xx response.</summary>
public abstract class ProductAttackContract(OrderCloud cloud)
{
    private const string Mug = """{"name":"Mug","description":"Blue","price":1250,"currency":"EUR","active":true}""";

    private readonly string _sku = TestProducts.NewSku();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    public static TheoryData<string, string, int, string, string?> Bodies => new()
    {
        { "UTF-8 that ends within a character", Mug.Replace("Mug", "M\xC3", StringComparison.Ordinal), 422, "invalid-body", "/name" },
        { "an overlong UTF-8 sequence", Mug.Replace("Mug", "\xC0\xAF", StringComparison.Ordinal), 422, "invalid-body", "/name" },
        { "a member name in malformed UTF-8", Mug.Replace("\"name\"", "\"name\xFF\"", StringComparison.Ordinal), 400, "malformed-json", null },
        { "a member name that is half a surrogate pair", Mug.Replace("\"name\"", "\"\\ud83d\"", StringComparison.Ordinal), 400, "malformed-json", null },
        { "a member repeated with an escape", Mug.Replace("{", "{\"\\u006eame\":\"Mug\",", StringComparison.Ordinal), 422, "invalid-body", "/name" },
        { "a member with another case", Mug.Replace("\"name\"", "\"Name\"", StringComparison.Ordinal), 422, "invalid-body", "/Name" },
        { "an unknown member that needs escaping in a pointer", Mug.Replace("{", "{\"a/b~c\":1,", StringComparison.Ordinal), 422, "invalid-body", "/a~1b~0c" },
        { "UTF-16", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(Mug)), 400, "malformed-json", null },
        { "two documents", Mug + Mug, 400, "malformed-json", null },
        { "a comment", "/* mug */" + Mug, 400, "malformed-json", null },
        { "arrays nested 10,000 deep", Repeat("[", 10_000) + Repeat("]", 10_000), 400, "malformed-json", null },
        { "a price with an exponent", Mug.Replace("1250", "1e2", StringComparison.Ordinal), 422, "invalid-body", "/price" },
        { "a price with 20,000 digits", Mug.Replace("1250", Repeat("9", 20_000), StringComparison.Ordinal), 422, "invalid-body", "/price" },
        { "a price in Arabic digits", Mug.Replace("1250", "\"\\u0661\"", StringComparison.Ordinal), 422, "invalid-body", "/price" },
        { "a currency of look-alike letters", Mug.Replace("EUR", "\\u0415UR", StringComparison.Ordinal), 422, "currency-unknown", "/currency" },
        { "an image id of another length", Mug.Replace("true", "true,\"imageId\":\"" + Repeat("0", 20_000) + "\"", StringComparison.Ordinal), 422, "image-id-invalid", "/imageId" },
        { "a name of line separators", Mug.Replace("Mug", "\\u2028\\u2029", StringComparison.Ordinal), 422, "product-limit", "/name" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task The_problem_for_a_malformed_product_points_to_the_error(string what, string latin1, int status, string code, string? pointer)
    {
        Assert.NotEmpty(what);
        using var refused = await PutBytesAsync(Encoding.Latin1.GetBytes(latin1), isChunked: false);

        await AssertProblemAsync(refused, status, code, pointer);
        await AssertMissingAsync();
    }

    [Theory]
    [InlineData(32 * 1024 + 1, false)]
    [InlineData(32 * 1024 + 1, true)]
    [InlineData(5_000_000, false)]
    [InlineData(5_000_000, true)]
    public async Task A_product_above_the_size_limit_is_refused(int bytes, bool isChunked)
    {
        using var refused = await PutBytesAsync(Encoding.UTF8.GetBytes(Mug.PadRight(bytes)), isChunked);

        await AssertProblemAsync(refused, 413, "body-too-large");
        await AssertMissingAsync();
    }

    [Fact]
    public async Task A_product_keeps_every_character_of_its_texts()
    {
        // Combining characters, characters outside the basic plane, both directions, and characters that HTML and JSON escape.
        const string Text = "Ä A\u0308 \U0001F600 \U0001F468\u200D\U0001F469 \u202Eabc\u202C עברית 東京 <b>&\"'\\ \uFEFF\uFFFF";
        using var created = await PutBytesAsync(
            JsonSerializer.SerializeToUtf8Bytes(new { name = Text, description = Text + "\n\t", price = 0, currency = "JPY", active = false }), isChunked: true);
        using var anyone = cloud.Anyone();

        var read = await anyone.GetFromJsonAsync<JsonElement>($"api/products/{_sku}", Ct);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal((Text, Text + "\n\t"), (read.GetProperty("name").GetString(), read.GetProperty("description").GetString()));
    }

    [Theory]
    [InlineData("limit=%D9%A1")]
    [InlineData("limit=%2B1")]
    [InlineData("limit=1.0")]
    [InlineData("limit=0x10")]
    [InlineData("limit=%201")]
    [InlineData("limit=1%00")]
    [InlineData("limit=1&LIMIT=2")]
    public async Task A_limit_in_another_notation_is_refused(string query)
    {
        using var anyone = cloud.Anyone();

        using var refused = await anyone.GetAsync($"api/products?{query}", Ct);

        await AssertProblemAsync(refused, 400, "limit-invalid", "limit");
    }

    [Fact]
    public async Task A_token_for_another_purpose_is_no_product_cursor()
    {
        using var customer = cloud.NewCustomer();
        var placed = new List<HttpResponseMessage>();
        for (var number = 0; number < 2; number++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
            {
                Content = JsonContent.Create(new { lines = new[] { new { sku = "mug-1", quantity = 1 } } }),
                Headers = { { "Idempotency-Key", $"{number}" } },
            };
            placed.Add((await customer.SendAsync(request, Ct)).EnsureSuccessStatusCode());
        }

        var orders = (await customer.GetFromJsonAsync<JsonElement>("api/orders?limit=1", Ct)).GetProperty("nextCursor").GetString()!;
        var token = placed[0].Headers.GetValues("Consistency-Token").Single();
        placed.ForEach(response => response.Dispose());
        foreach (var foreign in (string[])[orders, token, new string('a', 4_000), $"{orders}.{orders}"])
        {
            using var refused = await customer.GetAsync($"api/products?cursor={foreign}", Ct);
            await AssertProblemAsync(refused, 400, "cursor-invalid", "cursor");
        }
    }

    [Fact]
    public async Task A_cursor_continues_after_its_product_was_deleted()
    {
        var etags = new List<EntityTagHeaderValue>();
        for (var number = 0; number < 3; number++)
        {
            using var created = await CreateAsync($"{_sku}.{number}");
            etags.Add(created.Headers.ETag!);
        }

        using var anyone = cloud.Anyone();
        var cursor = await CursorAfterAsync(anyone, $"{_sku}.1");
        using (var deleted = await SendAsync(HttpMethod.Delete, $"{_sku}.1", body: null, etags[1].ToString()))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        var page = await anyone.GetFromJsonAsync<JsonElement>($"api/products?limit=1&cursor={cursor}", Ct);

        Assert.Equal($"{_sku}.2", Assert.Single(page.GetProperty("products").EnumerateArray()).GetProperty("sku").GetString());
    }

    [Fact]
    public async Task A_next_link_repeats_only_the_listings_parameters()
    {
        using var created = await CreateAsync(_sku);
        using var other = await CreateAsync($"{_sku}.1");
        using var anyone = cloud.Anyone();

        using var page = await anyone.GetAsync("api/products?limit=1&evil=%3E%3B%20rel%3Dprev&cursors=x", Ct);

        // The edge caches this response for every request with the same limit and cursor.
        Assert.Matches("^</api/products\\?limit=1&cursor=[A-Za-z0-9_.-]+>; rel=\"next\"$", page.Headers.GetValues("Link").Single());
    }

    [Fact]
    public async Task Concurrent_creations_changes_and_deletions_lose_nothing()
    {
        using var first = await CreateAsync(_sku);
        var etag = first.Headers.ETag!.ToString();

        var responses = await Task.WhenAll(Enumerable.Range(0, 30).Select(async number =>
        {
            using var response = await ((number % 3) switch
            {
                0 => SendAsync(HttpMethod.Put, _sku, Mug.Replace("1250", $"{number}", StringComparison.Ordinal), etag),
                1 => SendAsync(HttpMethod.Delete, _sku, body: null, etag),
                _ => SendAsync(HttpMethod.Put, _sku, Mug.Replace("1250", $"{number}", StringComparison.Ordinal), ifMatch: null),
            });
            return (Kind: number % 3, response.StatusCode, Price: number);
        }));

        HttpStatusCode[][] expected =
        [
            [HttpStatusCode.OK, HttpStatusCode.PreconditionFailed],
            [HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.PreconditionFailed],
            [HttpStatusCode.Created, HttpStatusCode.PreconditionFailed],
        ];
        Assert.All(responses, response => Assert.Contains(response.StatusCode, expected[response.Kind]));

        // The first version was either changed or deleted. Only after its deletion could another product be created.
        var isDeleted = responses.Any(response => response.StatusCode == HttpStatusCode.NoContent);
        var changed = responses.Where(response => response.StatusCode == HttpStatusCode.OK).ToArray();
        var created = responses.Where(response => response.StatusCode == HttpStatusCode.Created).ToArray();
        Assert.Equal(isDeleted ? 0 : 1, changed.Length);
        Assert.InRange(created.Length, 0, isDeleted ? 1 : 0);
        using var anyone = cloud.Anyone();
        using var read = await anyone.GetAsync($"api/products/{_sku}", Ct);
        var winner = changed.Concat(created).Select(response => (int?)response.Price).SingleOrDefault();
        Assert.Equal(winner is null ? HttpStatusCode.NotFound : HttpStatusCode.OK, read.StatusCode);
        if (winner is not null)
        {
            Assert.Equal(winner, (await read.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("price").GetInt32());
        }
    }

    [Fact]
    public async Task Products_created_while_paging_cause_no_duplicates_and_no_gaps()
    {
        string[] before = [.. Enumerable.Range(0, 6).Select(number => $"{_sku}.{number}")];
        foreach (var sku in before)
        {
            (await CreateAsync(sku)).Dispose();
        }

        using var anyone = cloud.Anyone();
        var seen = new List<string>();
        var cursor = await CursorAfterAsync(anyone, before[0]);
        while (seen.Count < 20)
        {
            (await CreateAsync($"{_sku}.{seen.Count % 6}.{Guid.NewGuid().ToString("N")[..8]}")).Dispose();
            var page = await anyone.GetFromJsonAsync<JsonElement>($"api/products?limit=1&cursor={cursor}", Ct);
            seen.AddRange(page.GetProperty("products").EnumerateArray().Select(product => product.GetProperty("sku").GetString()!));
            if (!page.TryGetProperty("nextCursor", out var next))
            {
                break;
            }

            cursor = next.GetString()!;
        }

        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
        Assert.Equal(before[1..], seen.Where(before.Contains));
    }

    /// <summary>Pages through the listing until a product. Returns the cursor of the page after it.</summary>
    private static async Task<string> CursorAfterAsync(HttpClient client, string sku)
    {
        var query = "api/products?limit=1";
        while (true)
        {
            var page = await client.GetFromJsonAsync<JsonElement>(query, Ct);
            var cursor = page.GetProperty("nextCursor").GetString()!;
            if (page.GetProperty("products")[0].GetProperty("sku").GetString() == sku)
            {
                return cursor;
            }

            query = $"api/products?limit=1&cursor={cursor}";
        }
    }

    private async Task<HttpResponseMessage> CreateAsync(string sku)
    {
        var created = await SendAsync(HttpMethod.Put, sku, Mug, ifMatch: null);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        return created;
    }

    private async Task AssertMissingAsync()
    {
        using var anyone = cloud.Anyone();
        using var read = await anyone.GetAsync($"api/products/{_sku}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
    }

    private async Task<HttpResponseMessage> PutBytesAsync(byte[] body, bool isChunked)
    {
        using var client = cloud.ClientOf("merchant", "catalogue.write");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/products/{_sku}")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
            Headers = { IfNoneMatch = { EntityTagHeaderValue.Any }, TransferEncodingChunked = isChunked },
        };
        return await client.SendAsync(request, Ct);
    }

    /// <param name="ifMatch">The entity tag; null to create the product.</param>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string sku, string? body, string? ifMatch)
    {
        using var client = cloud.ClientOf("merchant", "catalogue.write");
        using var request = new HttpRequestMessage(method, $"api/products/{sku}")
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { ifMatch is null ? "If-None-Match" : "If-Match", ifMatch ?? "*" } },
        };
        return await client.SendAsync(request, Ct);
    }
}

public sealed class ProductAttackOnTablesTests(OrderCloudOnTables cloud) : ProductAttackContract(cloud), IClassFixture<OrderCloudOnTables>;

public sealed class ProductAttackOnCosmosTests(OrderCloudOnCosmos cloud) : ProductAttackContract(cloud), IClassFixture<OrderCloudOnCosmos>;
