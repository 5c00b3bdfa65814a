using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>The whole system with the real worker, shared by the tests that talk to it as clients do.</summary>
public sealed class ImageCloud : IAsyncLifetime
{
    private LocalCloud _cloud = null!;

    /// <summary>Without a token.</summary>
    public HttpClient Anyone { get; private set; } = null!;

    /// <summary>Customer <c>c1</c> with <c>images.write</c>.</summary>
    public HttpClient Owner { get; private set; } = null!;

    public Uri BaseAddress => _cloud.BaseAddress;

    public BlobServiceClient Blobs { get; private set; } = null!;

    public string StorageConnectionString => _cloud.StorageConnectionString;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions(), Ct);
        Anyone = _cloud.CreateClient();
        Owner = ClientOf("c1");
        Blobs = new BlobServiceClient(_cloud.StorageConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        Anyone.Dispose();
        Owner.Dispose();
        await _cloud.DisposeAsync();
    }

    public HttpClient ClientOf(string customer, string scope = "images.write") =>
        _cloud.CreateClient(_cloud.Token(customer, scope));

    public string Token() => _cloud.Token("c1", "images.write");

    /// <summary>Uploads and returns the image's id.</summary>
    public async Task<string> UploadAsync(byte[] image, string contentType = "image/jpeg")
    {
        using var body = new ByteArrayContent(image);
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var response = await Owner.PostAsync("api/images", body, Ct);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
    }

    /// <summary>Waits until the image is ready or failed and returns its status document.</summary>
    public async Task<JsonElement> EndOfAsync(string id)
    {
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () =>
            {
                image = await Anyone.GetFromJsonAsync<JsonElement>($"api/images/{id}", Ct);
                return image.GetProperty("status").GetString() is "ready" or "failed";
            },
            $"{id} ends");
        return image;
    }

    /// <summary>The original and variants that are stored, staged blocks included, e.g. <c>uploads/{id}</c>.</summary>
    public async Task<string[]> BlobsAsync()
    {
        var names = new List<string>();
        foreach (var name in (string[])["uploads", "manifests", "variants"])
        {
            var container = Blobs.GetBlobContainerClient(name);
            if (await container.ExistsAsync(Ct))
            {
                await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Uncommitted }, Ct))
                {
                    names.Add($"{name}/{blob.Name}");
                }
            }
        }

        return [.. names];
    }
}
