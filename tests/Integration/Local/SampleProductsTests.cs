using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>Tests the sample products that LocalCloud adds to an empty catalogue.</summary>
public sealed class SampleProductsTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("samples-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task An_empty_catalogue_gets_a_dozen_products_with_pictures()
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions(), Ct);
        using var anyone = cloud.CreateClient();

        var added = await cloud.AddSampleProductsAsync(Ct);

        var products = await ProductsAsync(anyone);
        Assert.Equal((12, 12), (added, products.Length));
        Assert.Equal(12, products.Select(product => product.GetProperty("imageId").GetString()).Distinct().Count());
        foreach (var product in products)
        {
            Assert.True(product.GetProperty("active").GetBoolean());
            using var picture = await anyone.GetAsync(await VariantAsync(anyone, product.GetProperty("imageId").GetString()!), Ct);
            Assert.Equal(HttpStatusCode.OK, picture.StatusCode);
        }
    }

    [Fact]
    public async Task A_catalogue_with_a_product_gets_no_sample_products()
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions(), Ct);
        using var merchant = cloud.CreateClient(cloud.Token());
        using var request = new HttpRequestMessage(HttpMethod.Put, "api/products/mug-1")
        {
            Content = JsonContent.Create(new { name = "Mug", description = "", price = 1, currency = "EUR", active = false }),
            Headers = { { "If-None-Match", "*" } },
        };
        using var created = await merchant.SendAsync(request, Ct);

        var added = await cloud.AddSampleProductsAsync(Ct);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(0, added);
        Assert.Single(await ProductsAsync(merchant));
    }

    [Fact]
    public async Task The_run_command_adds_sample_products_after_it_is_ready()
    {
        await using var run = await RunningCommand.StartAsync(_data, Ct, samples: true);
        using var anyone = new HttpClient { BaseAddress = run.Address };

        await Eventually.TrueAsync(async () => (await ProductsAsync(anyone)).Length == 12, "the catalogue has the sample products");
    }

    [Fact]
    public async Task The_samples_command_adds_products_to_a_run_without_them()
    {
        await using var run = await RunningCommand.StartAsync(_data, Ct);
        using var anyone = new HttpClient { BaseAddress = run.Address };
        Assert.Empty(await ProductsAsync(anyone));
        string[] command = ["samples", "--url", run.Address.ToString(), "--data", _data];

        var first = await RunningCommand.CompleteAsync(command, Ct);
        var second = await RunningCommand.CompleteAsync(command, Ct);

        Assert.Equal((0, "added 12"), (first.ExitCode, first.Output.Trim()));
        Assert.Equal((0, "added 0"), (second.ExitCode, second.Output.Trim()));
        Assert.Equal(12, (await ProductsAsync(anyone)).Length);
    }

    [Fact]
    public async Task The_samples_command_reports_a_shop_that_does_not_respond()
    {
        var (exitCode, error) = await RunningCommand.FailAsync(["samples", "--url", "http://127.0.0.1:1", "--data", _data], Ct);

        Assert.Equal(1, exitCode);
        Assert.Contains("could not be added to the shop at http://127.0.0.1:1", error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> ProductsAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("api/products?limit=100", Ct)).GetProperty("products").EnumerateArray()];

    /// <summary>Waits until the image is ready. Returns the path of one of its variants.</summary>
    private static async Task<string> VariantAsync(HttpClient client, string imageId)
    {
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () => (image = await client.GetFromJsonAsync<JsonElement>($"api/images/{imageId}", Ct)).GetProperty("status").GetString() == "ready",
            $"the image {imageId} is ready");
        return image.GetProperty("variants")[0].GetProperty("url").GetString()!;
    }
}
