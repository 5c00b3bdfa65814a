namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// The requests that are sent to LocalCloud's edge and to Front Door. For every rule, some requests match its conditions and some do not.
/// The paths include the boundaries of routes.
/// </summary>
internal static class SampleRequests
{
    public const string Nowhere = "ZZ";

    public static readonly string[] Countries = [Nowhere, "DE", "AT", "LI", "US"];

    private static readonly string[] Paths =
    [
        "/", "/?code=1&state=2", "/nothing", "/api", "/assets/index-1.js", "/assets/index-1.js?x=1", "/assets", "/api/docs",
        "/images", "/images/", "/images/a1/960.webp", "/images/a1/w9.webp?s=k1.a&x=1", "/IMAGES/A1/960.webp",
        "/api/images", "/api/images/", "/api/images/a1", "/api/uploads", "/api/uploads/u1/complete",
        "/api/orders", "/api/orders/", "/api/orders/o1", "/api/orders?month=2026-11&limit=5", "/API/Orders/o1", "/api/ordersx",
        "/api/order-statuses", "/API/Order-Statuses", "/api/order-statuses?x=1", "/api/order-statuses/", "/api/order-statuses/de",
        "/api/order-statuses/de?x=1", "/api/order-statuses/de/x",
        "/api/products", "/api/products?x=1", "/api/products/mug-1",
        "/api/cart", "/api/cart/lines/mug-1", "/api/webhooks", "/api/webhooks/endpoints", "/api/webhooks/endpoints/e1",
        "/.well-known/webhook-keys", "/.well-known/webhook-keys/x", "/.well-known/other",
        "/api/cold-starts", "/api/cold-starts?since=2026-11-01", "/api/health/live", "/api/health/ready",
    ];

    private static readonly (string Method, string Target)[] Writes =
    [
        ("POST", "/api/orders"), ("PATCH", "/api/orders/o1"), ("POST", "/API/ORDERS"), ("POST", "/%61pi/orders"), ("POST", "/api/images"),
        ("DELETE", "/api/images/a1"), ("POST", "/api/cart/checkout"), ("PUT", "/api/cart/lines/mug-1"), ("PUT", "/api/cart/lines/mug-1?x=1"),
        ("PUT", "/api/cart/lines/mug-1/x"), ("PUT", "/api/cart/lines/a%2Fb"), ("DELETE", "/api/cart"), ("DELETE", "/api/cart?x=/y"),
        ("DELETE", "/api/cart/"), ("POST", "/api/orders?next=/api/cart"), ("POST", "/api/webhooks/endpoints"), ("POST", "/nothing"),
    ];

    private static readonly string?[] Credentials = [null, "Bearer t", "bearer t", "Bearer", "Basic dTpw"];

    private static readonly string?[] Languages = ["de", "DE-at,en;q=0.5", "es-MX", "en,de;q=0.9", "fr", "*", null];

    private static readonly string?[] Cookies = ["bucket=a", "bucket=b", "bucket=c", "bucket=A", "sid=1; bucket=b", "Bucket=b"];

    private static readonly int[] Ports = [2, 7, 10, 80, 443, 1024, 32768, 40000, 40010, 40020, 40030, 40099, 50101, 50119, 65535];

    public static IReadOnlyList<SampleRequest> All { get; } = [.. Generate().Select((sample, i) => sample with { Host = $"s{i}.shop.example" })];

    private static IEnumerable<SampleRequest> Generate()
    {
        // The ports cover both buckets and every final digit.
        foreach (var (i, path) in Paths.Index())
        {
            yield return Request("GET", path) with { Port = 1024 + (i * 1117) };
        }

        foreach (var method in (string[])["HEAD", "OPTIONS"])
        {
            foreach (var path in (string[])["/images/a1/960.webp", "/api/orders/o1", "/api/order-statuses", "/api/order-statuses/es", "/nothing", "/api/cart"])
            {
                yield return Request(method, path);
            }
        }

        // These requests write to cached paths.
        yield return Request("POST", "/images/a1/960.webp");
        yield return Request("PUT", "/api/order-statuses/de") with { Headers = With("Authorization", "Bearer t") };
        foreach (var (method, target) in Writes)
        {
            foreach (var credential in Credentials)
            {
                yield return Request(method, target) with { Headers = With("Authorization", credential) };
            }
        }

        foreach (var language in Languages)
        {
            // The country has an effect only if the request specifies no language.
            foreach (var country in language is null ? Countries : ["ZZ", "AT"])
            {
                yield return Request("GET", "/api/order-statuses") with { Headers = With("Accept-Language", language), Country = country };
            }
        }

        foreach (var cookie in Cookies)
        {
            foreach (var port in (int[])[40010, 40020])
            {
                yield return Request("GET", "/api/orders/o1") with { Headers = With("Cookie", cookie), Port = port };
            }
        }

        foreach (var port in Ports)
        {
            yield return Request("GET", "/api/cold-starts") with { Port = port };
        }

        foreach (var forged in (string[])["X-Bucket", "X-Forwarded-For", "X-FD-HealthProbe", "X-Azure-FDID"])
        {
            yield return Request("GET", "/api/orders") with { Headers = With(forged, "b") };
        }

        foreach (var length in (string[])["1000000", "8000001", "10000000"])
        {
            yield return Request("POST", "/api/images") with
            {
                Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer t", ["Content-Length"] = length },
            };
        }

        yield return Request("GET", "/images/a1/480.jpg") with { Headers = With("Cookie", "bucket=b") };
        yield return Request("GET", "/api/orders/o1") with { Headers = With("Cookie", "bucket=b; n=Jörg") };
        yield return Request("GET", "/images/a1/480.jpg") with { Headers = With("Accept-Language", "de") };
        yield return Request("GET", "/api/order-statuses/fr") with { Headers = With("Accept-Language", "de"), Country = "DE" };
    }

    private static SampleRequest Request(string method, string target) => new() { Host = "", Method = method, Target = target };

    private static Dictionary<string, string> With(string name, string? value) => value is null ? [] : new() { [name] = value };
}
