using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class SignatureTests
{
    [Fact]
    public async Task A_request_signed_with_a_wrong_key_gets_401()
    {
        await using var server = await StrictCosmosServer.StartAsync(cancellationToken: Shop.Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, await ReadAsync(server, Convert.ToBase64String(new byte[64])));
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(server, server.Key));
    }

    [Fact]
    public async Task A_request_without_a_signature_gets_401()
    {
        await using var server = await StrictCosmosServer.StartAsync(cancellationToken: Shop.Cancellation);
        using var http = new HttpClient { BaseAddress = server.Endpoint };
        using var response = await http.GetAsync("dbs/shop", Shop.Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData(14, HttpStatusCode.NotFound)]
    [InlineData(16, HttpStatusCode.Forbidden)]
    [InlineData(-16, HttpStatusCode.Forbidden)]
    public async Task A_signature_is_valid_for_15_minutes(int minutes, HttpStatusCode expected)
    {
        var options = new StrictCosmosOptions { Time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(minutes)) };
        await using var server = await StrictCosmosServer.StartAsync(options, Shop.Cancellation);
        Assert.Equal(expected, await ReadAsync(server, server.Key));
    }

    [Fact]
    public async Task The_account_key_can_be_configured()
    {
        var key = Convert.ToBase64String(Enumerable.Repeat((byte)7, 64).ToArray());
        await using var server = await StrictCosmosServer.StartAsync(new StrictCosmosOptions { Key = key }, Shop.Cancellation);
        Assert.Equal(key, server.Key);
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(server, key));
        await Assert.ThrowsAsync<ArgumentException>(
            () => StrictCosmosServer.StartAsync(new StrictCosmosOptions { Key = "not base 64" }, Shop.Cancellation));
    }

    /// <summary>Requests a database that does not exist and returns the response status.</summary>
    private static async Task<HttpStatusCode> ReadAsync(StrictCosmosServer server, string key)
    {
        using var client = new CosmosClient(
            server.Endpoint.ToString(), key, new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true });
        var refused = await Assert.ThrowsAsync<CosmosException>(() => client.GetDatabase("none").ReadAsync(cancellationToken: Shop.Cancellation));
        return refused.StatusCode;
    }
}
