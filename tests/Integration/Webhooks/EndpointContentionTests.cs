using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>
/// Tests a customer who creates many endpoints concurrently. Requests get 201 until the limit is reached, and 409 afterwards.
/// </summary>
public sealed class EndpointContentionTests(WebhookCloud cloud) : IClassFixture<WebhookCloud>
{
    private const string Endpoints = "api/webhooks/endpoints";

    /// <summary>The default of <c>Webhooks:MaxEndpoints</c>.</summary>
    private const int MaxEndpoints = 50;

    [Fact]
    public async Task Twenty_parallel_requests_create_only_as_many_endpoints_as_permitted()
    {
        using var customer = cloud.NewCustomer();
        for (var i = 0; i < MaxEndpoints - 5; i++)
        {
            Assert.Equal(201, (await CreateAsync()).Status);
        }

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CreateAsync()));

        var refused = responses.Where(response => response.Status != 201).ToArray();
        Assert.All(refused, response => Assert.Equal(
            (409, "https://serverlessscale.dev/problems/endpoint-limit-reached"), (response.Status, response.Body.GetProperty("type").GetString())));
        Assert.Equal(15, refused.Length);
        Assert.Equal(MaxEndpoints, (await customer.GetAsync(Endpoints + "?limit=100")).GetProperty("endpoints").GetArrayLength());

        Task<(int Status, JsonElement Body)> CreateAsync() =>
            customer.TryAsync(HttpMethod.Post, Endpoints, """{"url":"https://93.184.215.14/webhooks"}""");
    }
}
