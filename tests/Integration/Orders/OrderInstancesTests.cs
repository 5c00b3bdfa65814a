using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using ServerlessScale.Local;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.Tests.Integration.Catalogue;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>
/// Tests two app instances that share a Cosmos DB account with a lagging replica or with throttling. A client that retries when a response
/// tells it to must be able to place each order exactly once and then read it.
/// </summary>
public sealed class OrderInstancesTests : IAsyncLifetime
{
    private const string Token = "Consistency-Token";

    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");
    private LocalCloud _first = null!;
    private LocalCloud _second = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["AzureWebJobs.DispatchEvent.Disabled"] = "true",
            ["Orders__CursorKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        _first = await LocalCloud.StartAsync(new LocalCloudOptions { Orders = LocalOrderBackend.Cosmos, Settings = settings }, Ct);
        await KnownProducts.AddAsync(_first, Ct);
        _second = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                StorageConnectionString = _first.StorageConnectionString,
                Settings = new Dictionary<string, string>([.. settings, .. CosmosSettings.For(_first.Cosmos!.ConnectionString)]),
            },
            Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    [Fact]
    public async Task A_consistency_token_makes_a_write_by_another_instance_visible()
    {
        using var writer = ClientOf(_first);
        using var reader = ClientOf(_second);
        (await PlaceAsync(writer, "earlier")).EnsureSuccessStatusCode().Dispose();
        _first.Cosmos!.Replication.Lag = ReplicaLag.OfWrites(50);
        var (missing, unlisted) = (0, 0);
        for (var i = 0; i < 10; i++)
        {
            using var placed = await PlaceAsync(writer, $"k{i}");
            var (path, token) = (placed.Headers.Location!.OriginalString, placed.Headers.GetValues(Token).Single());
            using var stale = await GetAsync(reader, path, token: null);
            using var staleList = await GetAsync(reader, "api/orders?limit=1", token: null);
            using var read = await GetAsync(reader, path, token);
            using var list = await GetAsync(reader, "api/orders?limit=1", token);
            missing += stale.StatusCode == HttpStatusCode.NotFound ? 1 : 0;
            unlisted += path.EndsWith(await NewestOf(staleList) ?? "nothing", StringComparison.Ordinal) ? 0 : 1;
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
            Assert.EndsWith(await NewestOf(list) ?? "nothing", path, StringComparison.Ordinal);

            using var paid = await PayAsync(reader, path);
            Assert.Equal(HttpStatusCode.OK, paid.StatusCode);
            using var after = await GetAsync(writer, path, paid.Headers.GetValues(Token).Single());
            Assert.Equal("\"2\"", after.Headers.ETag?.Tag);
        }

        Assert.True(
            missing > 0 && unlisted > 0,
            $"The replica lags, so some reads without a token must be stale: {missing} stale reads, {unlisted} stale lists.");
    }

    [Fact]
    public async Task A_read_gets_503_when_every_replica_lags_behind_the_consistency_token()
    {
        using var writer = ClientOf(_first);
        using var reader = ClientOf(_second);
        _first.Cosmos!.Replication.Lag = ReplicaLag.OfWrites(50);
        _first.Cosmos.Replication.SessionMiss = SessionMiss.Refuse;
        using var placed = (await PlaceAsync(writer, "k")).EnsureSuccessStatusCode();
        var (path, token) = (placed.Headers.Location!.OriginalString, placed.Headers.GetValues(Token).Single());

        using var read = await GetAsync(reader, path, token);
        using var list = await GetAsync(reader, "api/orders", token);
        _first.Cosmos.Replication.Lag = ReplicaLag.None;
        using var again = await GetAsync(reader, path, token);

        await AssertUnavailableAsync(read, "consistency-not-reached");
        await AssertUnavailableAsync(list, "consistency-not-reached");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData(FaultKind.Throttled, FaultMoment.BeforeApplying, false)]
    [InlineData(FaultKind.RetryWith, FaultMoment.BeforeApplying, false)]
    [InlineData(FaultKind.RequestTimeout, FaultMoment.AfterApplying, true)]
    [InlineData(FaultKind.ServiceUnavailable, FaultMoment.BeforeApplying, false)]
    [InlineData(FaultKind.ServiceUnavailable, FaultMoment.AfterApplying, true)]
    public async Task Repeating_an_order_request_after_503_places_one_order(
        FaultKind kind, FaultMoment moment, bool placedAnyway)
    {
        using var client = ClientOf(_first);
        using var other = ClientOf(_second);
        // The instance remembers the month of its first order, so the next order needs only point reads, which succeed, and the batch.
        (await PlaceAsync(client, "earlier")).EnsureSuccessStatusCode().Dispose();
        _first.Cosmos!.Faults.Inject(new Fault { Kind = kind, Moment = moment, On = CosmosOperations.Batch | CosmosOperations.Query });

        using var refused = await PlaceAsync(client, "k");
        using var read = await GetAsync(client, "api/orders", token: null);
        _first.Cosmos.Faults.Clear();
        using var placed = await PlaceAsync(other, "k");
        using var replayed = await PlaceAsync(client, "k");

        await AssertUnavailableAsync(refused, "dependency-unavailable");
        await AssertUnavailableAsync(read, "dependency-unavailable");
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Equal(placedAnyway, placed.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(await placed.Content.ReadAsStringAsync(Ct), await replayed.Content.ReadAsStringAsync(Ct));
        using var list = await GetAsync(other, "api/orders", placed.Headers.GetValues(Token).Single());
        Assert.Equal(2, (await OrderCloud.BodyOf(list)).GetProperty("orders").GetArrayLength());
    }

    private HttpClient ClientOf(LocalCloud instance) => instance.CreateClient(instance.Token(_customer, "orders.read", "orders.write"));

    private static async Task<HttpResponseMessage> PlaceAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Content = JsonContent.Create(new { currency = "EUR", lines = new[] { new { sku = "mug", quantity = 1, unitPrice = 1250 } } }),
        };
        request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request, Ct);
    }

    private static async Task<HttpResponseMessage> PayAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(new { status = "paid" }) };
        request.Headers.IfMatch.Add(new EntityTagHeaderValue("\"1\""));
        return await client.SendAsync(request, Ct);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.Add(Token, token);
        }

        return await client.SendAsync(request, Ct);
    }

    private static async Task<string?> NewestOf(HttpResponseMessage list) =>
        (await OrderCloud.BodyOf(list)).GetProperty("orders").EnumerateArray().Select(order => order.GetProperty("id").GetString()).FirstOrDefault();

    private static async Task AssertUnavailableAsync(HttpResponseMessage response, string code)
    {
        await AssertProblemAsync(response, 503, code);
        Assert.NotNull(response.Headers.RetryAfter);
    }
}
