using System.Net;
using System.Text.Json;
using ServerlessScale.Shared.Images.Processing;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests upgrades through HTTP with the real worker process.</summary>
public sealed class UpgradeHttpTests(ImageCloud cloud) : IClassFixture<ImageCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ready_image_gets_AVIF_variants_later()
    {
        var id = await cloud.UploadAsync(Pictures.Jpeg(1000, 500));
        Assert.Equal("ready", (await cloud.FinalStatusAsync(id)).GetProperty("status").GetString());

        var image = await cloud.UpgradedAsync(id);

        Assert.Equal("ready", image.GetProperty("status").GetString());
        Assert.False(image.TryGetProperty("animation", out _));
        Assert.Equal(
            ["960.webp", "960.jpg", "960.avif", "480.webp", "480.jpg", "480.avif", "160.webp", "160.jpg", "160.avif"], NamesOf(image));
        using var variant = await cloud.Anonymous.GetAsync($"images/{id}/960.avif", Ct);
        var bytes = await variant.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal((HttpStatusCode.OK, "image/avif"), (variant.StatusCode, variant.Content.Headers.ContentType?.MediaType));
        Assert.Equal("public, max-age=31536000, immutable", variant.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("ftypavif", System.Text.Encoding.ASCII.GetString(bytes, 4, 8));
        Assert.Equal(image.GetProperty("variants")[2].GetProperty("bytes").GetInt64(), bytes.Length);
    }

    [Fact]
    public async Task An_animated_GIF_gets_an_animated_variant_later()
    {
        var id = await cloud.UploadAsync(Pictures.AnimatedGif(600, 300, frames: 5), "image/gif");

        var image = await cloud.UpgradedAsync(id);

        var animation = image.GetProperty("animation");
        Assert.Equal((480, 240, "webp"), (animation.GetProperty("width").GetInt32(), animation.GetProperty("height").GetInt32(), animation.GetProperty("format").GetString()));
        Assert.Equal($"/images/{id}/480-animated.webp", animation.GetProperty("url").GetString());
        Assert.DoesNotContain("480-animated.webp", NamesOf(image));
        using var variant = await cloud.Anonymous.GetAsync(animation.GetProperty("url").GetString(), Ct);
        var bytes = await variant.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal("image/webp", variant.Content.Headers.ContentType?.MediaType);
        Assert.Equal(5, bytes.AsSpan().Count("ANMF"u8));
    }

    [Fact]
    public async Task An_invalid_upgrade_message_is_logged_and_dropped()
    {
        await cloud.EnqueueAsync("this is no upgrade", ImageUpgradeQueue.Name);

        await Eventually.TrueAsync(
            () => Task.FromResult(cloud.Errors.Any(line => line.Contains("is not a valid image upgrade and is dropped", StringComparison.Ordinal))),
            "the move of the message to the poison queue is logged");
    }

    private static IEnumerable<string> NamesOf(JsonElement image) =>
        image.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("url").GetString()!.Split('/')[^1]);
}
