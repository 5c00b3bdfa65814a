using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Images;

namespace ServerlessScale.Tests.Integration.Edge;

/// <summary>
/// The complete system behind an edge. The edge treats every client as if it were in Germany, and disconnects slow clients after 2 s.
/// </summary>
public sealed class EdgeCloud : IAsyncLifetime
{
    public LocalCloud Cloud { get; private set; } = null!;

    /// <summary>A client that sends no token, no cookie and no <c>Accept-Language</c> header.</summary>
    public HttpClient Anyone { get; private set; } = null!;

    /// <summary>A client with a token for customer <c>c1</c> that contains every scope.</summary>
    public HttpClient Owner { get; private set; } = null!;

    /// <summary>Uploads an image and waits until its variants are ready.</summary>
    /// <returns>The path of a variant that no other test uses.</returns>
    public async Task<string> NewVariantAsync()
    {
        using var body = new ByteArrayContent(Pictures.Jpeg());
        body.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using var accepted = await Owner.PostAsync("api/images", body, Ct);
        accepted.EnsureSuccessStatusCode();
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () =>
            {
                image = await Anyone.GetFromJsonAsync<JsonElement>($"api/images/{id}", Ct);
                return image.GetProperty("status").GetString() == "ready";
            },
            $"{id} is ready");
        return image.GetProperty("variants")[0].GetProperty("url").GetString()!;
    }

    public Task<HttpResponseMessage> GetAsync(string path, params string[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var header in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(
                header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 2)..]));
        }

        return Anyone.SendAsync(request, Ct);
    }

    public static string CacheStatusOf(HttpResponseMessage response) => response.Headers.GetValues("Cache-Status").Single();

    public async ValueTask InitializeAsync()
    {
        Cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions { Edge = true, EdgeCountry = "DE", EdgeHeadersTimeout = TimeSpan.FromSeconds(2) }, Ct);
        Anyone = Cloud.CreateClient();
        Owner = Cloud.CreateClient(Cloud.Token("c1"));
    }

    public async ValueTask DisposeAsync()
    {
        Anyone.Dispose();
        Owner.Dispose();
        await Cloud.DisposeAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
