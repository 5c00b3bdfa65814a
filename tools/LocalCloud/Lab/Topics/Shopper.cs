using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>
/// A client of the shop, with the requests that several experiments send. A step that the experiment depends on is repeated until it
/// succeeds, and its failures are counted.
/// </summary>
internal sealed class Shopper : IDisposable
{
    public const string Customer = "laboratory";

    private readonly FailedRequests _failed;
    private readonly ConcurrentQueue<string> _photographs = new();

    private Shopper(HttpClient http, FailedRequests failed) => (Http, _failed) = (http, failed);

    /// <summary>The client, which sends the token of the customer <see cref="Customer"/>.</summary>
    public HttpClient Http { get; }

    /// <summary>
    /// Creates a client of a cloud. Its photographs are deleted after the run, when the changes that are made after this call have been undone.
    /// </summary>
    /// <param name="context">The run.</param>
    /// <param name="cloud">The cloud; null for the running one.</param>
    /// <param name="address">The address of a single instance; null for the address of the edge.</param>
    public static Shopper Of(ExperimentContext context, LocalCloud? cloud = null, Uri? address = null)
    {
        cloud ??= context.Cloud;
        var http = cloud.CreateClient(cloud.Token(Customer));
        http.BaseAddress = address ?? http.BaseAddress;
        http.Timeout = TimeSpan.FromSeconds(30);
        var shopper = new Shopper(http, context.Failed);
        context.Interventions.Register("delete the photographs of the experiment", () => shopper.DeletePhotographsAsync(cloud));
        return shopper;
    }

    public void Dispose() => Http.Dispose();

    /// <summary>Adds a product to the catalogue, and deletes it after the run.</summary>
    /// <returns>The SKU.</returns>
    public async Task<string> AddProductAsync(Interventions interventions, CancellationToken cancellationToken)
    {
        var sku = $"lab-{Guid.NewGuid():N}";
        using var created = await _failed.SendUntilExpectedAsync(
            Http,
            "PUT api/products/{sku}",
            () => new(HttpMethod.Put, $"api/products/{sku}")
            {
                Content = JsonContent.Create(new JsonObject
                {
                    ["name"] = "Laboratory mug",
                    ["description"] = "A product of an experiment",
                    ["price"] = 1250,
                    ["currency"] = "EUR",
                    ["active"] = true,
                }),
                Headers = { { "If-None-Match", "*" } },
            },
            cancellationToken,
            // If the response to the first attempt was lost, the product exists already.
            HttpStatusCode.Created, HttpStatusCode.PreconditionFailed);
        var address = Http.BaseAddress!;
        var authorization = Http.DefaultRequestHeaders.Authorization;
        interventions.Register("delete the product of the experiment", async () =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
            http.DefaultRequestHeaders.Authorization = authorization;
            using var product = await http.GetAsync($"api/products/{sku}");
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"api/products/{sku}");
            request.Headers.TryAddWithoutValidation("If-Match", product.Headers.ETag?.ToString());
            using var deleted = await http.SendAsync(request);
        });
        return sku;
    }

    /// <summary>Reads the sample photograph of the repository, which has 12 megapixels.</summary>
    public static Task<byte[]> PhotographAsync(CancellationToken cancellationToken) =>
        File.ReadAllBytesAsync(Path.Combine(Repository.FindRoot(), "docs", "sample.jpg"), cancellationToken);

    /// <summary>Uploads a photograph.</summary>
    /// <returns>The id of the image; null if the request failed.</returns>
    public async Task<string?> UploadAsync(byte[] photograph, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/images")
        {
            Content = new ByteArrayContent(photograph) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
        };
        using var accepted = await _failed.SendAsync(Http, "POST api/images", request, cancellationToken, HttpStatusCode.Accepted);
        if (accepted is null)
        {
            return null;
        }

        var id = (string)(await JsonAsync(accepted, cancellationToken))["id"]!;
        _photographs.Enqueue(id);
        return id;
    }

    /// <summary>Reads an image until it is ready or failed.</summary>
    /// <returns>The image; null if it was not ready within the limit.</returns>
    public async Task<JsonNode?> UntilReadyAsync(string id, TimeSpan poll, TimeSpan limit, CancellationToken cancellationToken)
    {
        var end = DateTimeOffset.UtcNow + limit;
        while (DateTimeOffset.UtcNow < end)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"api/images/{id}");
            using var response = await _failed.SendAsync(Http, "GET api/images/{id}", request, cancellationToken, HttpStatusCode.OK);
            if (response is not null && await JsonAsync(response, cancellationToken) is var image && (string?)image["status"] is "ready" or "failed")
            {
                return image;
            }

            await Task.Delay(poll, cancellationToken);
        }

        return null;
    }

    /// <summary>Sends a request that reaches an instance, because its response is not cached.</summary>
    /// <returns>The response, or null if the request failed.</returns>
    public Task<HttpResponseMessage?> ReadOrdersAsync(CancellationToken cancellationToken) =>
        _failed.SendAsync(Http, "GET api/orders", new(HttpMethod.Get, "api/orders?month=2026-01"), cancellationToken, HttpStatusCode.OK);

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) ?? new JsonObject();

    /// <summary>Returns the name of the instance that responded, such as <c>instance-2</c>; null if the response does not name it.</summary>
    public static string? InstanceOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Instance-Id", out var ids) && ids.First().Split('-') is [var app, var number, ..] ? $"{app}-{number}" : null;

    private async Task DeletePhotographsAsync(LocalCloud cloud)
    {
        if (_photographs.IsEmpty)
        {
            return;
        }

        using var http = cloud.CreateClient(cloud.Token(Customer));
        await Parallel.ForEachAsync(_photographs, async (id, cancellationToken) =>
        {
            using var deleted = await http.DeleteAsync($"api/images/{id}", cancellationToken);
        });
    }
}
