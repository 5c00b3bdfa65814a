using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Tests.Integration.Images;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Topologies;

/// <summary>Tests behaviour that the shop must have in every topology.</summary>
public abstract class ShopContract(Shop shop)
{
    private readonly string _customer = Shop.NewCustomer();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Returns the name of the app that serves a capability.</summary>
    protected abstract string AppOf(string capability);

    [Fact]
    public async Task A_photograph_is_uploaded_resized_and_served()
    {
        using var client = shop.ClientOf(_customer);
        using var body = new ByteArrayContent(Pictures.Jpeg()) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };

        using var accepted = await client.PostAsync("api/images", body, Ct);
        var status = accepted.Headers.Location!;
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () =>
            {
                image = await client.GetFromJsonAsync<JsonElement>(status, Ct);
                return image.GetProperty("status").GetString() == "ready";
            },
            $"{status} is ready");
        using var variant = await client.GetAsync(image.GetProperty("variants")[0].GetProperty("url").GetString(), Ct);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, variant.StatusCode);
        Assert.StartsWith("image/", variant.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);

        // A variant can be cached, so its response does not name an instance.
        Assert.Equal(AppOf("images"), Shop.AppOf(accepted));
    }

    [Fact]
    public async Task Repeating_an_order_request_does_not_place_a_second_order()
    {
        using var client = shop.ClientOf(_customer);

        using var placed = await PlaceAsync(client);
        using var again = await PlaceAsync(client);
        using var read = await client.GetAsync(placed.Headers.Location, Ct);

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Equal(["true"], again.Headers.GetValues("Idempotency-Replayed"));
        Assert.Equal(await placed.Content.ReadAsStringAsync(Ct), await read.Content.ReadAsStringAsync(Ct));
        Assert.Equal([AppOf("orders"), AppOf("orders")], [Shop.AppOf(placed), Shop.AppOf(read)]);
    }

    [Fact]
    public async Task A_checked_out_cart_becomes_a_listed_order()
    {
        using var shopper = shop.ShopperOf(_customer);
        await shopper.FillAsync();

        using var checkedOut = await shopper.CheckOutAsync();
        var order = await checkedOut.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal(HttpStatusCode.Created, checkedOut.StatusCode);
        Assert.Equal(AppOf("cart"), Shop.AppOf(checkedOut));
        Assert.Equal(order.GetProperty("id").GetString(), Assert.Single(await shopper.OrdersAsync()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_order_reaches_the_customers_webhook_receiver()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = shop.WebhooksOf(_customer);
        var endpoint = await customer.SubscribeAsync(receiver);

        var order = await customer.OrderAsync();

        var received = Assert.Single(await receiver.ReceiveAsync(1));
        Assert.Equal("order.created", received.Type);
        Assert.Equal(order, received.Data.GetProperty("id").GetString());
        Assert.True(received.IsSignedWith(endpoint.Secret));
    }

    [Fact]
    public async Task A_checkout_reaches_the_customers_webhook_receiver()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = shop.WebhooksOf(_customer);
        await customer.SubscribeAsync(receiver);
        using var shopper = shop.ShopperOf(_customer);
        await shopper.FillAsync();

        using var checkedOut = await shopper.CheckOutAsync();

        Assert.Equal(HttpStatusCode.Created, checkedOut.StatusCode);
        Assert.Equal("order.created", Assert.Single(await receiver.ReceiveAsync(1)).Type);
    }

    [Theory]
    [InlineData("api/no/such/path", HttpStatusCode.NotFound)]
    [InlineData("api/health/ready", HttpStatusCode.OK)]
    public async Task Paths_outside_all_capabilities_still_get_a_response(string path, HttpStatusCode expected)
    {
        using var client = shop.ClientOf(_customer);

        using var response = await client.GetAsync(path, Ct);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("images", "DELETE", "api/images", HttpStatusCode.MethodNotAllowed, "POST, OPTIONS")]
    [InlineData("orders", "DELETE", "api/orders", HttpStatusCode.MethodNotAllowed, "GET, HEAD, POST, OPTIONS")]
    [InlineData("cart", "POST", "api/cart", HttpStatusCode.MethodNotAllowed, "DELETE, GET, HEAD, OPTIONS")]
    [InlineData("catalogue", "POST", "api/products", HttpStatusCode.MethodNotAllowed, "GET, HEAD, OPTIONS")]
    [InlineData("catalogue", "POST", "api/products/mug", HttpStatusCode.MethodNotAllowed, "DELETE, GET, HEAD, PUT, OPTIONS")]
    [InlineData("webhooks", "OPTIONS", "api/webhooks/endpoints", HttpStatusCode.NoContent, "GET, HEAD, POST, OPTIONS")]
    [InlineData("cart", "GET", "api/cart/no/such/path", HttpStatusCode.NotFound, "")]
    public async Task Every_app_responds_to_unsupported_methods_and_unknown_paths(
        string app, string method, string path, HttpStatusCode expected, string allow)
    {
        using var client = shop.ClientOf(_customer);

        using var response = await client.SendAsync(new(new HttpMethod(method), path), Ct);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal(AppOf(app), Shop.AppOf(response));
    }

    private static async Task<HttpResponseMessage> PlaceAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Content = JsonContent.Create(new { currency = "EUR", lines = new[] { new { sku = "mug", quantity = 1, unitPrice = 1250 } } }),
            Headers = { { "Idempotency-Key", "k" } },
        };
        return await client.SendAsync(request, Ct);
    }
}

public sealed class MonolithTests(Monolith shop) : ShopContract(shop), IClassFixture<Monolith>
{
    protected override string AppOf(string capability) => "instance";
}

public sealed class MicroservicesTests(Microservices shop) : ShopContract(shop), IClassFixture<Microservices>
{
    protected override string AppOf(string capability) => capability;
}
