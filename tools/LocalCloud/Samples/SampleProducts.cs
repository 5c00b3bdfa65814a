using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Local.Samples;

/// <summary>
/// Fills an empty catalogue with sample products. Their pictures take the way of every photograph: they are uploaded directly to storage, and
/// a queue worker creates the variants.
/// </summary>
/// <param name="shop">A client of the shop, with a token for the scopes <c>images.write</c> and <c>catalogue.write</c>.</param>
internal sealed class SampleProducts(HttpClient shop)
{
    private const string PictureType = "image/jpeg";

    /// <summary>Uploads that run at the same time. More would compete with the worker that resizes the pictures.</summary>
    private const int Parallelism = 3;

    private static readonly Assembly Resources = typeof(SampleProducts).Assembly;

    public static IReadOnlyList<SampleProduct> All { get; } =
        JsonSerializer.Deserialize(Open("products.json"), SampleJson.Default.IReadOnlyListSampleProduct)!;

    /// <summary>Adds the products, unless the catalogue has a product.</summary>
    /// <returns>The number of added products.</returns>
    /// <exception cref="HttpRequestException">The shop or its storage did not respond, or refused a request.</exception>
    public async Task<int> AddAsync(CancellationToken cancellationToken)
    {
        if (await shop.GetFromJsonAsync("api/products?limit=1", SampleJson.Default.ProductPage, cancellationToken) is { Products.Count: > 0 })
        {
            return 0;
        }

        // All pictures are uploaded first. If the run ends meanwhile, the catalogue is still empty and the next run adds the products.
        var images = new string[All.Count];
        await Parallel.ForAsync(
            0,
            All.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (index, stop) => images[index] = await UploadAsync(await PictureAsync(All[index].Sku, stop), stop));
        var added = 0;
        foreach (var (sample, image) in All.Zip(images))
        {
            added += await TryAddAsync(sample, image, cancellationToken) ? 1 : 0;
        }

        return added;
    }

    private async Task<string> UploadAsync(byte[] picture, CancellationToken cancellationToken)
    {
        using var requested = await shop.PostAsJsonAsync(
            "api/uploads", new UploadRequest(PictureType, picture.Length), SampleJson.Default.UploadRequest, cancellationToken);
        var offer = (await requested.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(SampleJson.Default.UploadOffer, cancellationToken))!;
        using var put = new HttpRequestMessage(HttpMethod.Put, offer.UploadUrl) { Content = new ByteArrayContent(picture) };
        foreach (var (name, value) in offer.Headers)
        {
            put.Headers.Add(name, value);
        }

        // A client of its own, because the storage service must not receive the shop's token.
        using var storage = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var stored = await storage.SendAsync(put, cancellationToken);
        stored.EnsureSuccessStatusCode();
        using var completed = await shop.PostAsync($"api/uploads/{offer.Id}/complete", content: null, cancellationToken);
        completed.EnsureSuccessStatusCode();
        return offer.Id;
    }

    /// <returns>False if the product exists, because somebody else has added it in the meantime.</returns>
    private async Task<bool> TryAddAsync(SampleProduct sample, string imageId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/products/{sample.Sku}")
        {
            Content = JsonContent.Create(
                new NewProduct(sample.Name, sample.Description, sample.Price, "EUR", imageId, Active: true), SampleJson.Default.NewProduct),
            Headers = { IfNoneMatch = { EntityTagHeaderValue.Any } },
        };
        using var response = await shop.SendAsync(request, cancellationToken);
        return response.StatusCode != HttpStatusCode.PreconditionFailed && response.EnsureSuccessStatusCode().IsSuccessStatusCode;
    }

    private static async Task<byte[]> PictureAsync(string sku, CancellationToken cancellationToken)
    {
        await using var file = Open($"pictures.{sku}.jpg");
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private static Stream Open(string name) => Resources.GetManifestResourceStream($"{typeof(SampleProducts).Namespace}.{name}")!;
}

/// <summary>A sample product. Its picture is the resource with the name of its SKU.</summary>
/// <param name="Price">The price in euro cents.</param>
internal sealed record SampleProduct(string Sku, string Name, string Description, long Price);

internal sealed record NewProduct(string Name, string Description, long Price, string Currency, string ImageId, bool Active);

internal sealed record ProductPage(IReadOnlyList<JsonElement> Products);

internal sealed record UploadRequest(string ContentType, long Bytes);

internal sealed record UploadOffer(string Id, Uri UploadUrl, IReadOnlyDictionary<string, string> Headers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(IReadOnlyList<SampleProduct>))]
[JsonSerializable(typeof(ProductPage))]
[JsonSerializable(typeof(NewProduct))]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(UploadOffer))]
internal sealed partial class SampleJson : JsonSerializerContext;
