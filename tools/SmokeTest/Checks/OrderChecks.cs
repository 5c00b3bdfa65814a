using System.Text;
using System.Text.Json.Nodes;
using ServerlessScale.SmokeTest.Http;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Places orders, and checks that a repeated request does not place a second order.</summary>
internal static class OrderChecks
{
    public const string Currency = "EUR";
    private const string Path = "api/orders";
    private const string Replayed = "Idempotency-Replayed";
    private const int Quantity = 2;

    public static async Task<CheckOutcome> ReplayAsync(TestSession session, CancellationToken cancellationToken)
    {
        if (session.Product is not { } product)
        {
            return CheckOutcome.Skipped("The product was not created.");
        }

        var key = NewKey();
        var placed = await PlaceAsync(session, product, key, cancellationToken);
        var id = placed.Member<string>("id");
        if (placed.Header(Replayed) is not null || placed.Member<long>("total") != product.Price * Quantity)
        {
            throw new CheckFailedException(
                "The order is not the placed one", $"{placed.Request}: a new order must cost {product.Price * Quantity} and must not have {Replayed}. {Text(placed)}");
        }

        var repeated = (await SendAsync(session, product, key, cancellationToken)).Expect(201);
        if (repeated.Header(Replayed) != "true" || !placed.Body.AsSpan().SequenceEqual(repeated.Body))
        {
            throw new CheckFailedException(
                "The repeated request did not return the first response",
                $"{repeated.Request} with the same Idempotency-Key must return the same body with {Replayed}: true. {Replayed} is "
                + $"{repeated.Header(Replayed) ?? "missing"}, and the body is {Text(repeated)}");
        }

        var read = (await session.Shop.SendAsync(
            HttpMethod.Get, $"{Path}/{id}", body: null, ("Consistency-Token", placed.RequireHeader("Consistency-Token")), cancellationToken)).Expect(200);
        return read.Member<string>("id") == id
            ? CheckOutcome.Ok($"{id}; the repeated request returned the same order")
            : throw new CheckFailedException("The order is another one", $"{read.Request} responded with the order {read.Member<string>("id")}.");
    }

    /// <summary>Returns a new idempotency key.</summary>
    public static string NewKey() => Guid.NewGuid().ToString();

    /// <summary>Places an order, which is cancelled when the test ends.</summary>
    public static async Task<ShopResponse> PlaceAsync(TestSession session, TestProduct product, string key, CancellationToken cancellationToken)
    {
        var placed = (await SendAsync(session, product, key, cancellationToken)).Expect(201);
        var (id, version) = (placed.Member<string>("id"), placed.RequireHeader("ETag"));
        session.Created.Add(new("order", async token => (await session.Shop.SendAsync(
            HttpMethod.Patch, $"{Path}/{id}", new() { ["status"] = "cancelled" }, ("If-Match", version), token)).Expect(200)));
        return placed;
    }

    private static Task<ShopResponse> SendAsync(TestSession session, TestProduct product, string key, CancellationToken cancellationToken) =>
        session.Shop.SendAsync(
            HttpMethod.Post,
            Path,
            new()
            {
                ["currency"] = Currency,
                ["lines"] = new JsonArray(new JsonObject { ["sku"] = product.Sku, ["quantity"] = Quantity, ["unitPrice"] = product.Price }),
            },
            ("Idempotency-Key", key),
            cancellationToken);

    private static string Text(ShopResponse response) => Encoding.UTF8.GetString(response.Body);
}
