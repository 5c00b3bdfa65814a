using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Shared.Images;
using ServerlessScale.Tests.Integration.Edge;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests signed sizes (docs/api.md) with two real instances behind the edge.</summary>
public sealed class SizeHttpTests(SizeCloud cloud) : IClassFixture<SizeCloud>
{
    private static readonly SizeKey Current = Key(SizeCloud.Keys[0]);
    private static readonly SizeKey Previous = Key(SizeCloud.Keys[1]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_size_is_made_cached_and_served_like_a_variant()
    {
        var id = await UpgradedAsync();
        var url = Signed(Current, id, "w100-h100-cover-x100y50.webp");

        using var first = await cloud.Anyone.GetAsync(url, Ct);
        using var second = await cloud.Anyone.GetAsync(url, Ct);

        var bytes = await first.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("image/webp", first.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", first.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("edge; hit", EdgeCloud.CacheStatusOf(second), StringComparison.Ordinal);
        Assert.Equal(bytes, await second.Content.ReadAsByteArrayAsync(Ct));
        using (var picture = Image.Load<Rgb24>(bytes))
        {
            // Pictures.Jpeg has red at the right. The square shows the rightmost 480 of 640 columns.
            Assert.Equal((100, 100), (picture.Width, picture.Height));
            Assert.InRange(picture[2, 50].R, 55, 75);
            Assert.InRange(picture[97, 50].R, 240, 255);
        }

        // The old key still verifies, but its URL has another signature, so the edge stores it separately.
        using var previous = await cloud.Anyone.GetAsync(Signed(Previous, id, "w100-h100-cover-x100y50.webp"), Ct);
        Assert.Equal(first.Headers.ETag, previous.Headers.ETag);

        using var head = await cloud.Anyone.SendAsync(new HttpRequestMessage(HttpMethod.Head, Signed(Current, id, "w50.jpg")), Ct);
        Assert.Equal(("image/jpeg", HttpStatusCode.OK), (head.Content.Headers.ContentType?.MediaType, head.StatusCode));
        Assert.True(head.Content.Headers.ContentLength > 0);

        using var part = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(0, 9) } };
        using var partial = await cloud.Anyone.SendAsync(part, Ct);
        Assert.Equal(bytes[..10], await partial.Content.ReadAsByteArrayAsync(Ct));

        using var condition = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var unchanged = await cloud.Anyone.SendAsync(condition, Ct);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task An_unsigned_request_gets_403_even_if_the_size_is_cached()
    {
        var id = await UpgradedAsync();
        var url = Signed(Current, id, "w60.webp");
        using var made = await cloud.Anyone.GetAsync(url, Ct);
        using var hit = await cloud.Anyone.GetAsync(url, Ct);
        Assert.StartsWith("edge; hit", EdgeCloud.CacheStatusOf(hit), StringComparison.Ordinal);

        foreach (var query in (string[])["", "?s=", "?s=k2.AAAA", "?S=x", $"?s={Current.Sign($"/images/{id}/w61.webp")}", "?s=k2.a&s=k2.b"])
        {
            using var refused = await cloud.Anyone.GetAsync($"images/{id}/w60.webp{query}", Ct);
            await AssertProblemAsync(refused, 403, "size-not-signed");
        }

        // A wrong signature on the URL of a variant would let a client fill the edge's cache.
        using var variant = await cloud.Anyone.GetAsync($"images/{id}/160.webp?s=1", Ct);
        await AssertProblemAsync(variant, 403, "size-not-signed");

        // The signature is checked before the image is looked up.
        using var nowhere = await cloud.Anyone.GetAsync($"images/{ImageId.New()}/w60.webp", Ct);
        await AssertProblemAsync(nowhere, 403, "size-not-signed");
        using var unknown = await cloud.Anyone.GetAsync(Signed(Current, ImageId.New().Value, "w60.webp"), Ct);
        await AssertProblemAsync(unknown, 404, "image-not-found");
        using var malformed = await cloud.Anyone.GetAsync(Signed(Current, id, "w060.webp"), Ct);
        await AssertProblemAsync(malformed, 404, "variant-not-found");
    }

    [Fact]
    public async Task Two_hundred_requests_to_two_instances_get_the_same_size()
    {
        var id = await UpgradedAsync();
        var url = Signed(Current, id, "w200-h100-cover-x10y90.jpg");

        // The edge forwards requests with different keys separately. Both URLs name the same blob.
        var responses = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            cloud.Anyone.GetAsync(i % 2 == 0 ? url : Signed(Previous, id, "w200-h100-cover-x10y90.jpg"), Ct)));

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        // Storing the size a second time would have given the blob another ETag.
        Assert.Single(responses.Select(response => response.Headers.ETag).Distinct());
    }

    [Fact]
    public async Task The_size_is_made_from_the_widest_variant_without_an_original()
    {
        var id = await UpgradedAsync();
        await cloud.Blobs.GetBlobContainerClient("uploads").DeleteBlobAsync(id, cancellationToken: Ct);

        var picture = await cloud.Anyone.GetByteArrayAsync(Signed(Current, id, "w4096.jpg"), Ct);

        // Pictures.Jpeg has 640 columns, and its widest variant has 480.
        Assert.Equal(480, Image.Identify(picture).Width);
    }

    [Fact]
    public async Task The_limit_of_sizes_and_a_removal_apply_to_all_instances()
    {
        var id = await UpgradedAsync();
        foreach (var file in (string[])["w10.webp", "w11.webp", "w12.webp"])
        {
            using var made = await cloud.Anyone.GetAsync(Signed(Current, id, file), Ct);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        }

        using var refused = await cloud.Anyone.GetAsync(Signed(Current, id, "w13.webp"), Ct);
        var problem = await AssertProblemAsync(refused, 409, "size-limit-reached");
        Assert.Equal(3, problem.GetProperty("limit").GetInt32());

        using var deleted = await cloud.Owner.DeleteAsync($"api/images/{id}", Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.DoesNotContain(
            await ImageBlobs.ListAsync(cloud.Blobs, Ct), name => name.Contains(id, StringComparison.Ordinal));
        using var gone = await cloud.Anyone.GetAsync(Signed(Previous, id, "w10.webp"), Ct);
        await AssertProblemAsync(gone, 404, "image-not-found");
    }

    private static SizeKey Key(string text) => SizeKey.TryParse(text, out var key) ? key : throw new FormatException(text);

    private static string Signed(SizeKey key, string id, string file) => $"images/{id}/{file}?s={key.Sign($"/images/{id}/{file}")}";

    private async Task<string> UpgradedAsync()
    {
        using var body = new ByteArrayContent(Pictures.Jpeg());
        body.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using var accepted = await cloud.Owner.PostAsync("api/images", body, Ct);
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
        await Eventually.TrueAsync(
            // An upgrade that runs during a removal would remove its blobs only afterwards.
            async () => (await cloud.Anyone.GetFromJsonAsync<JsonElement>($"api/images/{id}", Ct)).TryGetProperty("upgradedAt", out _),
            $"{id} is upgraded");
        return id;
    }
}
