using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Cart;

/// <summary>
/// Given a worker that dies before or after any step of a checkout, when the shopper comes back, whatever for, then everything that
/// was in the cart is ordered once at most, and nothing that was ordered is in a cart.
/// </summary>
public abstract class CartCrashContract(CartCrashCloud cloud)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Moments { get; } = new(
        from step in (string[])[CheckoutTrap.Freeze, CheckoutTrap.Order, CheckoutTrap.Close, CheckoutTrap.Issue]
        from afterwards in (bool[])[false, true]
        select (step, afterwards));

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task The_checkout_that_is_sent_again_places_the_one_order(string step, bool afterwards)
    {
        using var shopper = await DieAtAsync(step, afterwards);

        using var answer = await Shopper.InsistAsync(() => shopper.CheckOutAsync("k1"));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(["mug"], await shopper.OrderedAsync());
        Assert.Empty(await shopper.LinesAsync());
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task The_cart_shows_what_is_still_to_be_ordered(string step, bool afterwards)
    {
        using var shopper = await DieAtAsync(step, afterwards);

        using var shown = await Shopper.InsistAsync(shopper.ShowAsync);

        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        var begun = afterwards || step != CheckoutTrap.Freeze;
        Assert.Equal(begun ? [] : ["mug"], await shopper.LinesAsync());
        Assert.Equal(begun ? ["mug"] : [], await shopper.OrderedAsync());
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_shopper_who_goes_on_shopping_orders_nothing_twice(string step, bool afterwards)
    {
        using var shopper = await DieAtAsync(step, afterwards);

        using var put = await Shopper.InsistAsync(() => shopper.PutAsync("tea"));
        using var answer = await Shopper.InsistAsync(() => shopper.CheckOutAsync("k2"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (put.StatusCode, answer.StatusCode));
        Assert.Equal(["mug", "tea"], await shopper.OrderedAsync());
        Assert.Empty(await shopper.LinesAsync());
    }

    /// <summary>A shopper whose cart held a mug, and whose checkout was not answered.</summary>
    private async Task<Shopper> DieAtAsync(string step, bool afterwards)
    {
        // The first checkout of a worker makes tables and loads scripts.
        using (var other = new Shopper(cloud.ClientOf(NewCustomer())))
        {
            (await Shopper.InsistAsync(() => other.PutAsync("mug"))).EnsureSuccessStatusCode().Dispose();
            (await Shopper.InsistAsync(() => other.CheckOutAsync("k1"))).EnsureSuccessStatusCode().Dispose();
        }

        var shopper = new Shopper(cloud.ClientOf(NewCustomer()));
        (await Shopper.InsistAsync(() => shopper.PutAsync("mug"))).EnsureSuccessStatusCode().Dispose();
        var died = cloud.KillAt(step, afterwards);
        try
        {
            using var answer = await shopper.CheckOutAsync("k1");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The connection broke with the worker.
        }
        finally
        {
            cloud.Trap.Disarm();
        }

        await died.WaitAsync(Patience, Ct);
        return shopper;
    }

    private static string NewCustomer() => "customer-" + Guid.NewGuid().ToString("N");

    private sealed class Shopper(HttpClient client) : IDisposable
    {
        private string? _cookie;

        public Task<HttpResponseMessage> ShowAsync() => SendAsync(HttpMethod.Get, "api/cart");

        public Task<HttpResponseMessage> PutAsync(string sku) =>
            SendAsync(HttpMethod.Put, $"api/cart/lines/{sku}", JsonContent.Create(new { quantity = 1, unitPrice = 1250, currency = "EUR" }));

        public Task<HttpResponseMessage> CheckOutAsync(string key) => SendAsync(HttpMethod.Post, "api/cart/checkout", key: key);

        /// <summary>Sends again what a worker that is being replaced does not answer.</summary>
        public static async Task<HttpResponseMessage> InsistAsync(Func<Task<HttpResponseMessage>> send)
        {
            for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(100, Ct))
            {
                try
                {
                    var response = await send();
                    if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                    {
                        return response;
                    }

                    response.Dispose();
                }
                catch (HttpRequestException)
                {
                    // As above.
                }

                Assert.True(DateTime.UtcNow < until, $"Waited {Patience.TotalSeconds:0} s in vain for an answer.");
            }
        }

        public async Task<string[]> LinesAsync()
        {
            using var response = await InsistAsync(ShowAsync);
            return [.. Skus(await response.Content.ReadFromJsonAsync<JsonElement>(Ct))];
        }

        /// <summary>The skus of all orders, each as often as it was ordered.</summary>
        public async Task<string[]> OrderedAsync()
        {
            using var response = await InsistAsync(() => SendAsync(HttpMethod.Get, "api/orders"));
            var orders = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
            return [.. orders.GetProperty("orders").EnumerateArray().SelectMany(Skus).Order(StringComparer.Ordinal)];
        }

        public void Dispose() => client.Dispose();

        private static IEnumerable<string> Skus(JsonElement holder) =>
            holder.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("sku").GetString()!);

        private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? key = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            if (_cookie is not null)
            {
                request.Headers.Add("Cookie", _cookie);
            }

            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            var response = await client.SendAsync(request, Ct);
            if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
            {
                _cookie = cookies.Single().Split(';')[0];
            }

            return response;
        }
    }
}
