using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class ControlTests
{
    private static readonly PartitionKey Key = Shop.KeyOf("c");

    [Fact]
    public async Task Faults_can_be_injected_and_cleared_over_HTTP()
    {
        await using var shop = await Shop.OpenAsync();
        using var control = new HttpClient { BaseAddress = shop.Server.Endpoint };
        await SendAsync(control, HttpMethod.Post, "faults", """{"kind":"serviceUnavailable","moment":"afterApplying","on":"create, batch"}""");
        using var failed = await CreateAsync(shop, "o1");
        await SendAsync(control, HttpMethod.Delete, "faults");
        using var again = await CreateAsync(shop, "o1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Replication_lag_can_be_set_and_removed_over_HTTP()
    {
        await using var shop = await Shop.OpenAsync();
        using var control = new HttpClient { BaseAddress = shop.Server.Endpoint };
        using var other = shop.Connect();
        await SendAsync(control, HttpMethod.Put, "lag", """{"writes":1,"sessionMiss":"refuse"}""");
        using var created = await CreateAsync(shop, "o1");
        using var stale = await Shop.OrdersOf(other).ReadItemStreamAsync("o1", Key, cancellationToken: Shop.Cancellation);
        await SendAsync(control, HttpMethod.Put, "lag", "{}");
        using var fresh = await Shop.OrdersOf(other).ReadItemStreamAsync("o1", Key, cancellationToken: Shop.Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, stale.StatusCode);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    [Fact]
    public async Task The_write_region_can_be_changed_over_HTTP()
    {
        await using var shop = await Shop.OpenAsync(new StrictCosmosOptions { Regions = ["A", "B"] });
        using var control = new HttpClient { BaseAddress = shop.Server.Endpoint };
        await SendAsync(control, HttpMethod.Put, "write-region", """{"name":"B"}""");
        Assert.Equal("B", shop.Server.Regions.WriteRegion.Name);
        var account = await shop.Client.ReadAccountAsync();
        Assert.Equal("B", account.WritableRegions.Single().Name);
    }

    [Fact]
    public async Task The_status_endpoint_reports_requests_and_charges()
    {
        await using var shop = await Shop.OpenAsync();
        using var control = new HttpClient { BaseAddress = shop.Server.Endpoint };
        await SendAsync(control, HttpMethod.Delete, "meters");
        await shop.PlaceAsync("c", 3);
        var status = await control.GetFromJsonAsync<JsonElement>("_strict/status", Shop.Cancellation);

        var creations = status.GetProperty("operations").GetProperty("Create");
        Assert.Equal(3, creations.GetProperty("requests").GetInt32());
        Assert.Equal(15.9, creations.GetProperty("requestUnits").GetDouble(), 2);
        Assert.Equal(3, status.GetProperty("partitions").EnumerateArray().Sum(partition => partition.GetProperty("items").GetInt32()));
        Assert.Equal("West Europe", status.GetProperty("writeRegion").GetString());
    }

    [Theory]
    [InlineData("POST", "faults", """{"kind":"flood"}""")]
    [InlineData("POST", "faults", """{"kind":"throttled","moment":"afterApplying"}""")]
    [InlineData("POST", "faults", """{"kind":"throttled","colour":"red"}""")]
    [InlineData("POST", "faults", "null")]
    [InlineData("PUT", "lag", """{"writes":1,"milliseconds":5}""")]
    [InlineData("PUT", "lag", """{"writes":-1}""")]
    [InlineData("PUT", "latency", """{"milliseconds":-1}""")]
    [InlineData("PUT", "latency", """{"milliseconds":1e300}""")]
    [InlineData("PUT", "write-region", """{"name":"nowhere"}""")]
    [InlineData("PUT", "write-region", "{")]
    public async Task An_invalid_control_request_gets_400(string method, string path, string body)
    {
        await using var server = await StrictCosmosServer.StartAsync(cancellationToken: Shop.Cancellation);
        using var control = new HttpClient { BaseAddress = server.Endpoint };
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), $"_strict/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await control.SendAsync(request, Shop.Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task SendAsync(HttpClient control, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"_strict/{path}") { Content = body is null ? null : new StringContent(body) };
        using var response = await control.SendAsync(request, Shop.Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task<ResponseMessage> CreateAsync(Shop shop, string id)
    {
        var order = new Order(id, "c", Shop.Month, "2026-11-01");
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(order, JsonSerializerOptions.Web));
        return await shop.Orders.CreateItemStreamAsync(body, Key, cancellationToken: Shop.Cancellation);
    }
}
