using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Cart;

/// <summary>
/// Kills the worker before or after each step of a checkout, and then lets the shopper continue. In every case, each line is ordered at
/// most once, and no cart contains a line that was already ordered.
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
    public async Task A_checkout_repeated_after_a_crash_places_one_order(string step, bool afterwards)
    {
        using var shopper = await DieAtAsync(step, afterwards);

        using var response = await Shopper.InsistAsync(() => shopper.CheckOutAsync("k1"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(["mug"], await shopper.OrderedAsync());
        Assert.Empty(await shopper.LinesAsync());
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task After_a_crash_the_cart_contains_only_unordered_lines(string step, bool afterwards)
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
    public async Task No_order_is_duplicated_when_shopping_continues_after_a_crash(string step, bool afterwards)
    {
        using var shopper = await DieAtAsync(step, afterwards);

        using var put = await Shopper.InsistAsync(() => shopper.PutAsync("tea"));
        using var response = await Shopper.InsistAsync(() => shopper.CheckOutAsync("k2"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (put.StatusCode, response.StatusCode));
        Assert.Equal(["mug", "tea"], await shopper.OrderedAsync());
        Assert.Empty(await shopper.LinesAsync());
    }

    /// <summary>Creates a shopper with a mug in the cart, and kills the worker during the checkout.</summary>
    private async Task<Shopper> DieAtAsync(string step, bool afterwards)
    {
        // The first checkout of a worker makes additional requests, which create tables and load scripts.
        using (var other = new Shopper(cloud.ClientOf(NewCustomer())))
        {
            (await Shopper.InsistAsync(() => other.PutAsync("mug"))).EnsureSuccessStatusCode().Dispose();
            (await Shopper.InsistAsync(() => other.CheckOutAsync("k1"))).EnsureSuccessStatusCode().Dispose();
        }

        var customer = NewCustomer();
        var shopper = new Shopper(cloud.ClientOf(customer));
        (await Shopper.InsistAsync(() => shopper.PutAsync("mug"))).EnsureSuccessStatusCode().Dispose();
        var died = cloud.KillAt(customer, step, afterwards);
        try
        {
            using var response = await shopper.CheckOutAsync("k1");
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The connection was lost when the worker died.
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
            SendAsync(HttpMethod.Put, $"api/cart/lines/{sku}", JsonContent.Create(new { quantity = 1 }));

        public Task<HttpResponseMessage> CheckOutAsync(string key) => SendAsync(HttpMethod.Post, "api/cart/checkout", key: key);

        /// <summary>
        /// Repeats a request until the response is neither 500 nor 503. The host responds with these statuses when it has lost the worker
        /// or is restarting.
        /// </summary>
        public static async Task<HttpResponseMessage> InsistAsync(Func<Task<HttpResponseMessage>> send)
        {
            for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(100, Ct))
            {
                try
                {
                    var response = await send();
                    if (response.StatusCode is not (HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable))
                    {
                        return response;
                    }

                    response.Dispose();
                }
                catch (HttpRequestException)
                {
                    // The connection was lost when the worker died.
                }

                Assert.True(DateTime.UtcNow < until, $"Waited {Patience.TotalSeconds:0} s, but got no response.");
            }
        }

        public async Task<string[]> LinesAsync()
        {
            using var response = await InsistAsync(ShowAsync);
            return [.. Skus(await response.Content.ReadFromJsonAsync<JsonElement>(Ct))];
        }

        /// <summary>Returns the SKUs in all orders. Each SKU is listed as often as it was ordered.</summary>
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
