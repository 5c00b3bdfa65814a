using static ServerlessScale.Tests.Integration.OpenApi.SampleShop;

namespace ServerlessScale.Tests.Integration.OpenApi;

/// <summary>A request that the app refuses, and the code of the problem that the client gets.</summary>
internal sealed record RefusedCall(string Code, Func<SampleShop, Task<HttpRequestMessage>> Request);

/// <summary>The sample calls of one operation.</summary>
/// <param name="Successful">Creates a request that succeeds.</param>
/// <param name="Refused">
/// The requests that the app refuses. Empty for an operation without parameters, which an app refuses only if the request bypasses its edge.
/// </param>
internal sealed record OperationCalls(Func<SampleShop, Task<HttpRequestMessage>> Successful, params RefusedCall[] Refused);

/// <summary>Sample calls of every operation in the API description, by operation id.</summary>
internal static class SampleCalls
{
    public const string Product = """{"name":"Mug","description":"Blue","price":1250,"currency":"EUR","active":true}""";

    private const string Order = """{"lines":[{"sku":"mug-1","quantity":2}]}""";
    private const string NoEndpoint = "/api/webhooks/endpoints/ep_none";
    private const string NoDelivery = "/api/webhooks/deliveries/dlv_none";
    private const string NoImage = "/api/images/none";

    public static IReadOnlyDictionary<string, OperationCalls> All { get; } = new Dictionary<string, OperationCalls>
    {
        // The page and the service itself
        ["getApiReference"] = new(Get("/api/docs"), Refused("range-not-satisfiable", Get("/api/docs", ("Range", "bytes=99999999-")))),
        ["getPage"] = new(Get("/"), Refused("range-not-satisfiable", Get("/", ("Range", "bytes=99999999-")))),
        ["getPageAsset"] = new(
            async shop => Empty(HttpMethod.Get, await shop.ScriptAsync()),
            Refused("asset-not-found", Get("/assets/none.js"))),
        ["getPageConfig"] = new(Get("/api/page-config")),
        ["getApiDescription"] = new(Get("/api/openapi.json"), Refused("precondition-failed", Get("/api/openapi.json", ("If-Match", "\"none\"")))),
        ["healthLive"] = new(Get("/api/health/live")),
        ["healthReady"] = new(Get("/api/health/ready")),
        ["getColdStarts"] = new(Get("/api/cold-starts"), Refused("invalid-since", Get("/api/cold-starts?since=yesterday"))),

        // Images
        ["uploadImage"] = new(_ => Task.FromResult(Picture()), Refused("unsupported-image-type", _ => Task.FromResult(Picture("text/plain")))),
        ["getImage"] = new(async shop => Empty(HttpMethod.Get, (await shop.ImageAsync()).Status), Refused("image-not-found", Get(NoImage))),
        ["getVariant"] = new(
            async shop => Empty(HttpMethod.Get, (await shop.ImageAsync()).Variant),
            Refused("image-not-found", Get("/images/none/480.webp")),
            Refused("size-not-signed", Get("/images/none/w480.webp")),
            Refused("range-not-satisfiable", async shop => Empty(HttpMethod.Get, (await shop.ImageAsync()).Variant, ("Range", "bytes=99999999-")))),
        ["deleteImage"] = new(
            async shop => Empty(HttpMethod.Delete, (await shop.ImageAsync()).Status),
            Refused("image-not-found", Send(HttpMethod.Delete, NoImage))),
        ["requestUpload"] = new(
            Send(HttpMethod.Post, "/api/uploads", """{"contentType":"image/jpeg","bytes":1000}"""),
            Refused("image-too-large", Send(HttpMethod.Post, "/api/uploads", """{"contentType":"image/jpeg","bytes":99999999}""")),
            Refused("unsupported-image-type", Send(HttpMethod.Post, "/api/uploads", """{"contentType":"image/tiff","bytes":1000}"""))),
        ["completeUpload"] = new(
            async shop => Empty(HttpMethod.Post, $"{await shop.UploadAsync(send: true)}/complete"),
            Refused("upload-missing", async shop => Empty(HttpMethod.Post, $"{await shop.UploadAsync(send: false)}/complete"))),

        // Catalogue
        ["listProducts"] = new(Get("/api/products?limit=2"), Refused("limit-invalid", Get("/api/products?limit=0")), Refused("cursor-invalid", Get("/api/products?cursor=x"))),
        ["getProduct"] = new(Get("/api/products/mug-1"), Refused("product-not-found", Get("/api/products/none"))),
        ["putProduct"] = new(
            _ => Task.FromResult(WithBody(HttpMethod.Put, $"/api/products/{Catalogue.TestProducts.NewSku()}", Product, ("If-None-Match", "*"))),
            Refused("product-exists", Send(HttpMethod.Put, "/api/products/mug-1", Product, ("If-None-Match", "*"))),
            Refused("product-changed", Send(HttpMethod.Put, "/api/products/mug-1", Product, ("If-Match", "\"none\""))),
            Refused("if-match-missing", Send(HttpMethod.Put, "/api/products/mug-1", Product))),
        ["deleteProduct"] = new(
            async shop =>
            {
                var (path, etag) = await shop.ProductAsync();
                return Empty(HttpMethod.Delete, path, ("If-Match", etag));
            },
            Refused("product-changed", Send(HttpMethod.Delete, "/api/products/mug-1", null, ("If-Match", "\"none\"")))),

        // Orders
        ["createOrder"] = new(
            Send(HttpMethod.Post, "/api/orders", Order, Key()),
            Refused("idempotency-key-missing", Send(HttpMethod.Post, "/api/orders", Order)),
            Refused("sku-unknown", Send(HttpMethod.Post, "/api/orders", Order.Replace("mug-1", "none", StringComparison.Ordinal), Key())),
            Refused(
                "price-changed",
                Send(HttpMethod.Post, "/api/orders", """{"lines":[{"sku":"mug-1","quantity":2,"unitPrice":1}]}""", Key()))),
        ["listOrders"] = new(
            async shop =>
            {
                await shop.OrderAsync();
                return Empty(HttpMethod.Get, "/api/orders?limit=1");
            },
            Refused("month-invalid", Get("/api/orders?month=2026-13")),
            Refused("consistency-token-invalid", Get("/api/orders", ("Consistency-Token", "x")))),
        ["getOrder"] = new(
            async shop => Empty(HttpMethod.Get, $"/api/orders/{await shop.OrderAsync()}"),
            Refused("order-not-found", Get("/api/orders/none"))),
        ["changeOrder"] = new(
            async shop => WithBody(HttpMethod.Patch, $"/api/orders/{await shop.OrderAsync()}", """{"status":"paid"}""", ("If-Match", "\"1\"")),
            Refused(
                "transition-not-allowed",
                async shop => WithBody(HttpMethod.Patch, $"/api/orders/{await shop.OrderAsync()}", """{"status":"shipped"}""", ("If-Match", "\"1\""))),
            Refused("order-not-found", Send(HttpMethod.Patch, "/api/orders/none", """{"status":"paid"}""", ("If-Match", "\"1\"")))),
        ["getOrderStatuses"] = new(Get("/api/order-statuses")),
        ["getOrderStatusesByLanguage"] = new(Get("/api/order-statuses/de"), Refused("language-unknown", Get("/api/order-statuses/fr"))),

        // Cart
        ["getCart"] = new(async shop => Empty(HttpMethod.Get, "/api/cart", ("Cookie", await shop.CartAsync()))),
        ["setCartLine"] = new(
            Send(HttpMethod.Put, "/api/cart/lines/mug-1", """{"quantity":2}"""),
            Refused("sku-unknown", Send(HttpMethod.Put, "/api/cart/lines/none", """{"quantity":2}""")),
            Refused("order-limit", Send(HttpMethod.Put, "/api/cart/lines/mug-1", """{"quantity":-1}"""))),
        ["clearCart"] = new(async shop => Empty(HttpMethod.Delete, "/api/cart", ("Cookie", await shop.CartAsync()))),
        ["checkOutCart"] = new(
            async shop => Empty(HttpMethod.Post, "/api/cart/checkout", ("Cookie", await shop.CartAsync()), Key()),
            Refused("cart-empty", Send(HttpMethod.Post, "/api/cart/checkout", null, Key()))),

        // Webhooks
        ["listEndpoints"] = new(
            async shop =>
            {
                await shop.EndpointAsync();
                return Empty(HttpMethod.Get, "/api/webhooks/endpoints?limit=1");
            },
            Refused("cursor-invalid", Get("/api/webhooks/endpoints?cursor=x"))),
        ["createEndpoint"] = new(
            shop => Task.FromResult(WithBody(HttpMethod.Post, "/api/webhooks/endpoints", $$"""{"url":"{{shop.ReceiverUrl}}","rateLimit":60}""")),
            Refused("webhook-url-refused", Send(HttpMethod.Post, "/api/webhooks/endpoints", """{"url":"ftp://example.com/"}"""))),
        ["getEndpoint"] = new(async shop => Empty(HttpMethod.Get, await shop.EndpointAsync()), Refused("endpoint-not-found", Get(NoEndpoint))),
        ["changeEndpoint"] = new(
            async shop => WithBody(HttpMethod.Patch, await shop.EndpointAsync(), """{"description":"warehouse"}"""),
            Refused("invalid-body", async shop => WithBody(HttpMethod.Patch, await shop.EndpointAsync(), """{"status":"disabled"}"""))),
        ["deleteEndpoint"] = new(
            async shop => Empty(HttpMethod.Delete, await shop.EndpointAsync()),
            Refused("endpoint-not-found", Send(HttpMethod.Delete, NoEndpoint))),
        ["rotateSecret"] = new(
            async shop => Empty(HttpMethod.Post, $"{await shop.EndpointAsync()}/rotate-secret"),
            Refused("invalid-body", async shop => WithBody(HttpMethod.Post, $"{await shop.EndpointAsync()}/rotate-secret", """{"graceHours":169}"""))),
        ["testEndpoint"] = new(
            async shop => Empty(HttpMethod.Post, $"{await shop.EndpointAsync()}/test"),
            Refused("endpoint-not-active", async shop => Empty(HttpMethod.Post, $"{await shop.PausedEndpointAsync()}/test"))),
        ["recoverEndpoint"] = new(
            async shop => WithBody(HttpMethod.Post, $"{await shop.EndpointAsync()}/recover", Since(days: -1)),
            Refused("invalid-body", async shop => WithBody(HttpMethod.Post, $"{await shop.EndpointAsync()}/recover", Since(days: -31)))),
        ["listDeliveries"] = new(
            async shop =>
            {
                var endpoint = await shop.EndpointAsync();
                return Empty(HttpMethod.Get, $"{endpoint}/deliveries?status=pending");
            },
            Refused("status-invalid", async shop => Empty(HttpMethod.Get, $"{await shop.EndpointAsync()}/deliveries?status=lost"))),
        ["getDelivery"] = new(
            async shop => Empty(HttpMethod.Get, $"/api/webhooks/deliveries/{(await shop.DeliveryAsync()).Delivery}"),
            Refused("delivery-not-found", Get(NoDelivery))),
        ["replayDelivery"] = new(
            async shop => Empty(HttpMethod.Post, $"/api/webhooks/deliveries/{(await shop.DeliveryAsync()).Delivery}/replay"),
            Refused("delivery-not-found", Send(HttpMethod.Post, $"{NoDelivery}/replay"))),
        ["getWebhookKeys"] = new(Get("/.well-known/webhook-keys"), Refused("endpoint-invalid", Get("/.well-known/webhook-keys?endpoint=x"))),

        // Events
        ["listEvents"] = new(
            async shop =>
            {
                await shop.DeliveryAsync();
                return Empty(HttpMethod.Get, "/api/events?limit=1");
            },
            Refused("event-type-unknown", Get("/api/events?type=order.lost")),
            Refused("invalid-since", Get("/api/events?since=yesterday"))),
        ["getEvent"] = new(
            async shop => Empty(HttpMethod.Get, $"/api/events/{(await shop.DeliveryAsync()).Event}"),
            Refused("event-not-found", Get("/api/events/none"))),
    };

    private static (string Name, string Value) Key() => ("Idempotency-Key", Guid.NewGuid().ToString());

    private static string Since(int days) => $$"""{"since":"{{DateTimeOffset.UtcNow.AddDays(days):O}}"}""";

    private static RefusedCall Refused(string code, Func<SampleShop, Task<HttpRequestMessage>> request) => new(code, request);

    private static Func<SampleShop, Task<HttpRequestMessage>> Get(string path, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Get, path, body: null, headers);

    private static Func<SampleShop, Task<HttpRequestMessage>> Send(
        HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers) =>
        _ => Task.FromResult(body is null ? Empty(method, path, headers) : WithBody(method, path, body, headers));
}
