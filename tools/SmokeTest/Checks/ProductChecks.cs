using System.Globalization;
using System.Text.Json.Nodes;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Creates a product that the orders of the test use, and checks that a change of it becomes visible through the edge.</summary>
internal static class ProductChecks
{
    private const long FirstPrice = 1250;
    private const long ChangedPrice = 1300;

    /// <summary>
    /// The edge keeps a product for a minute (<c>s-maxage=60</c>). The rest of the time is for an invalidation or a slow response.
    /// </summary>
    private static readonly TimeSpan VisibleLimit = TimeSpan.FromSeconds(90);

    public static async Task<CheckOutcome> CreateAsync(TestSession session, CancellationToken cancellationToken)
    {
        var sku = string.Create(
            CultureInfo.InvariantCulture, $"smoke-test-{session.Time.GetUtcNow():yyyyMMddHHmmss}-{Guid.NewGuid().ToString("N")[..8]}");
        var path = $"api/products/{sku}";
        var created = (await session.Shop.SendAsync(HttpMethod.Put, path, Body(FirstPrice), ("If-None-Match", "*"), cancellationToken)).Expect(201);
        session.Product = new(sku, FirstPrice, created.RequireHeader("ETag"));
        session.Created.Add(new("product", token => DeleteAsync(session, token)));

        // A replica of the store may receive the product a moment later. The edge does not cache a 404.
        await session.UntilAsync(
            async () => await session.Shop.GetAsync(path, cancellationToken) is var response && response.Code == "product-not-found"
                ? null
                : response.Expect(200).Member<long>("price") == FirstPrice
                    ? response
                    : throw new CheckFailedException("The product has another price", $"{response.Request} responded with another price than the created product has."),
            session.Options.Limit,
            () => $"The product {sku} is not visible.",
            cancellationToken);
        return CheckOutcome.Ok($"{sku}, 12.50 EUR");
    }

    /// <summary>
    /// Changes the price, purges the product if there is a purge command, and waits until the response of the edge is the changed product.
    /// </summary>
    public static async Task<CheckOutcome> ChangeAsync(TestSession session, CancellationToken cancellationToken)
    {
        if (session.Product is not { } product)
        {
            return CheckOutcome.Skipped("The product was not created.");
        }

        // The edge may have a copy after this response, so that the check shows whether the change replaces the copy.
        var before = (await session.Shop.GetAsync(product.Path, cancellationToken)).Expect(200);
        var changed = (await session.Shop.SendAsync(
            HttpMethod.Put, product.Path, Body(ChangedPrice), ("If-Match", product.ETag), cancellationToken)).Expect(200);
        session.Product = product = product with { Price = ChangedPrice, ETag = changed.RequireHeader("ETag") };
        var start = session.Time.GetTimestamp();
        if (session.Options.PurgeCommand is { } purge)
        {
            await PurgeCommand.RunAsync(purge, $"/{product.Path}", cancellationToken);
        }

        var visible = await session.UntilAsync(
            async () =>
            {
                var response = (await session.Shop.GetAsync(product.Path, cancellationToken)).Expect(200);
                return response.Member<long>("price") == ChangedPrice ? response : null;
            },
            VisibleLimit,
            () => $"GET /{product.Path} still responds with the price from before the change.",
            cancellationToken);
        return CheckOutcome.Ok(string.Create(
            CultureInfo.InvariantCulture,
            $"visible {session.Time.GetElapsedTime(start).TotalSeconds:0.0} s after the change, "
            + $"{(session.Options.PurgeCommand is null ? "without" : "with")} a purge ({before.Cache ?? "no edge"}, then {visible.Cache ?? "no edge"})"));
    }

    private static async Task DeleteAsync(TestSession session, CancellationToken cancellationToken)
    {
        var product = session.Product!;
        (await session.Shop.SendAsync(HttpMethod.Delete, product.Path, body: null, ("If-Match", product.ETag), cancellationToken)).Expect(204);
    }

    private static JsonObject Body(long price) => new()
    {
        ["name"] = "Smoke test",
        ["description"] = "A product for a test after a deployment. The test deletes it.",
        ["price"] = price,
        ["currency"] = OrderChecks.Currency,
        ["active"] = true,
    };
}
